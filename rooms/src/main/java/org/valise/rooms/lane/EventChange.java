package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.RoomScoped;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.Membership;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;
import java.util.Map;

/// An event became visible.
///
/// @param after the room's current state from here on; null if it did not change
/// @param members how many there are with that state; meaningless if `after` is null
/// @param memberChanges of local users
/// @param servers how many more members of each other server are joined; null if another node wrote
///   it: that is read from the database
/// @param outgoing whether this server sends it to others
/// @param redacted the event that lost its content, in its new form
public record EventChange(
        StoredEvent event,
        @Nullable StateSnapshot after,
        MemberCounts members,
        List<MemberChange> memberChanges,
        @Nullable Map<ServerName, Integer> servers,
        boolean outgoing,
        @Nullable StoredEvent redacted)
        implements RoomScoped {
    @Override
    public long position() {
        return event.position();
    }

    @Override
    public long room() {
        return event.room();
    }

    /// A local user's new membership.
    ///
    /// @param event the number of the member event; 0 if state resolution took it away
    public record MemberChange(long user, Membership membership, long event) {}
}
