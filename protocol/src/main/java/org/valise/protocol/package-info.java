@NullMarked
package org.valise.protocol;

import org.jspecify.annotations.NullMarked;
