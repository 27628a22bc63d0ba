package org.valise.rooms.servers;

import org.valise.protocol.acl.ServerAcl;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.members.ServerMemberStore.Stay;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The servers of one room, as of a position. Immutable.
///
/// @param here how many members are this server's
/// @param elsewhere the other servers that are or were in it
/// @param aclEvent the number of the event that `acl` comes from; 0 for none
record ServersOfRoom(
        long position, int here, Map<ServerName, Stay> elsewhere, long aclEvent, ServerAcl acl) {
    static final ServersOfRoom NONE = new ServersOfRoom(0, 0, Map.of(), 0, ServerAcl.OPEN);

    /// The same after a change of its members.
    ///
    /// @param joined how many members it has now, whichever server they are of
    ServersOfRoom changed(long at, int joined, Map<ServerName, Integer> more) {
        Map<ServerName, Stay> next = elsewhere;
        if (!more.isEmpty()) {
            next = new HashMap<>(elsewhere);
            for (Map.Entry<ServerName, Integer> change : more.entrySet()) {
                next.merge(
                        change.getKey(),
                        new Stay(change.getValue(), at, at),
                        (before, now) ->
                                new Stay(
                                        before.joined() + now.joined(),
                                        before.isIn() ? before.since() : at,
                                        at));
            }
        }
        int others = next.values().stream().mapToInt(Stay::joined).sum();
        return new ServersOfRoom(at, joined - others, next, aclEvent, acl);
    }

    ServersOfRoom withAcl(long event, ServerAcl now) {
        return new ServersOfRoom(position, here, elsewhere, event, now);
    }

    Set<ServerName> others() {
        Set<ServerName> joined = new HashSet<>();
        elsewhere.forEach((server, stay) -> {
            if (stay.isIn()) {
                joined.add(server);
            }
        });
        return joined;
    }

    Set<ServerName> concerned(long at) {
        Set<ServerName> concerned = new HashSet<>();
        elsewhere.forEach((server, stay) -> {
            if (stay.covers(at)) {
                concerned.add(server);
            }
        });
        return concerned;
    }
}
