@NullMarked
package org.valise.push;

import org.jspecify.annotations.NullMarked;
