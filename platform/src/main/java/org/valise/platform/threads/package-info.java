/// Threads of the operating system, where virtual ones will not do.
@NullMarked
package org.valise.platform.threads;

import org.jspecify.annotations.NullMarked;
