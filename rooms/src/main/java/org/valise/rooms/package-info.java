@NullMarked
package org.valise.rooms;

import org.jspecify.annotations.NullMarked;
