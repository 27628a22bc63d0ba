package org.valise.sync.classic;

import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// When the reader was in which room, as far as a response needs to know: read once, for all rooms
/// in which they are something else since they last asked.
final class Stays {
    private final long since;
    private final Map<Long, List<UserMembership>> histories = new HashMap<>();

    private Stays(long since) {
        this.since = since;
    }

    /// @param rooms in which the membership changed
    static Stays read(
            MembershipStore store, long user, Collection<Long> rooms, long since, long upTo) {
        Stays stays = new Stays(since);
        if (!rooms.isEmpty()) {
            for (UserMembership each : store.histories(user, rooms, upTo)) {
                stays.histories.computeIfAbsent(each.room(), any -> new ArrayList<>()).add(each);
            }
        }
        return stays;
    }

    private List<UserMembership> of(long room) {
        return histories.getOrDefault(room, List.of());
    }

    private boolean wasJoined(long room) {
        boolean joined = false;
        for (UserMembership each : of(room)) {
            if (each.position() <= since) {
                joined = each.membership() == Membership.JOIN;
            }
        }
        return joined;
    }

    /// Whether the reader was in the room at `since`, and never out of it up to a position (a
    /// changed profile is a membership too).
    boolean joinedThroughout(long room, long upTo) {
        return since > 0
                && wasJoined(room)
                && of(room).stream()
                        .filter(each -> each.position() > since && each.position() <= upTo)
                        .allMatch(each -> each.membership() == Membership.JOIN);
    }

    /// Whether the reader was in the room at `since` or at any time after it.
    boolean joinedAtAll(long room) {
        return wasJoined(room)
                || of(room).stream()
                        .anyMatch(each ->
                                each.position() > since && each.membership() == Membership.JOIN);
    }

    /// The end of the last stay: what came of invitations and bans after it is no part of it.
    Optional<UserMembership> leaving(long room) {
        List<UserMembership> history = of(room);
        for (int i = history.size() - 2; i >= 0; i--) {
            if (history.get(i).membership() == Membership.JOIN) {
                return Optional.of(history.get(i + 1));
            }
        }
        return Optional.empty();
    }
}
