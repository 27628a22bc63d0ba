@NullMarked
package org.valise.sync;

import org.jspecify.annotations.NullMarked;
