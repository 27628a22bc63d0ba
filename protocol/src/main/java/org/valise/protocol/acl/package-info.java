/// Which servers may take part in a room.
///
/// Spec: client-server API, "Server Access Control Lists (ACLs) for rooms"; server-server API,
/// "Server Access Control Lists (ACLs)". See [ServerAcl].
@NullMarked
package org.valise.protocol.acl;

import org.jspecify.annotations.NullMarked;
