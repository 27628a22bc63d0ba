/// Networks of IP addresses, as operators write them. Start reading at [Network].
@NullMarked
package org.valise.platform.network;

import org.jspecify.annotations.NullMarked;
