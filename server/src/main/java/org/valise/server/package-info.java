@NullMarked
package org.valise.server;

import org.jspecify.annotations.NullMarked;
