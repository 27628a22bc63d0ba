@NullMarked
package org.valise.platform;

import org.jspecify.annotations.NullMarked;
