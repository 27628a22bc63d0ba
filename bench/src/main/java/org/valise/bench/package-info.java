@NullMarked
package org.valise.bench;

import org.jspecify.annotations.NullMarked;
