package org.valise.federation.inbound;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

/// Takes in one type of EDU.
///
/// SECURITY: the content is a stranger's. An EDU counts only for users of the server that sent it,
/// and in a room only if they are joined to it and the room lets that server in.
public interface EduReceiver {
    /// The `edu_type`.
    String type();

    /// Called for one EDU of a server at a time, in the order in which they came. One that was
    /// taken in may come again after a crash. What it throws is logged, and the EDU tried some
    /// times more.
    void receive(ServerName origin, JsonObject content);

    /// Whether it is worth nothing after a restart, such as that somebody types. Such an EDU is
    /// never written down: it is received before its transaction is answered, so that must be quick
    /// and ask no other server.
    default boolean isVolatile() {
        return false;
    }
}
