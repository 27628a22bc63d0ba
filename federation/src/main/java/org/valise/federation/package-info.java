@NullMarked
package org.valise.federation;

import org.jspecify.annotations.NullMarked;
