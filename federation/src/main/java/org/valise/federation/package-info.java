/// What this server is to other servers. For now: the keys it signs with. Start reading at
/// [Federation].
@NullMarked
package org.valise.federation;

import org.jspecify.annotations.NullMarked;
