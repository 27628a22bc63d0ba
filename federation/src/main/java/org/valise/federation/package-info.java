/// What this server is to other servers. Who it is and who they are (keys, signatures, discovery),
/// who may federate, and requests to them. Start reading at [Federation].
@NullMarked
package org.valise.federation;

import org.jspecify.annotations.NullMarked;
