@NullMarked
package org.valise.testing;

import org.jspecify.annotations.NullMarked;
