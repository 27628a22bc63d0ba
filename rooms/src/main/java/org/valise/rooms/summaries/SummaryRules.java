package org.valise.rooms.summaries;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.members.Membership;
import org.valise.rooms.summaries.RemoteRooms.RemoteRoom;

import java.util.function.Predicate;

/// Who is told of a room. Pure.
///
/// Spec: client-server API, `GET /rooms/{roomId}/hierarchy`, `rooms`.
final class SummaryRules {
    private SummaryRules() {}

    /// @param membership of the reader; null if they never had one, or are nobody
    /// @param joined whether the reader is in a room
    static boolean mayKnow(
            RoomSummary room, @Nullable Membership membership, Predicate<RoomId> joined) {
        if (membership == Membership.JOIN
                || membership == Membership.INVITE
                || room.isWorldReadable()) {
            return true;
        }
        return membership != Membership.BAN && mayEnter(room, joined);
    }

    private static boolean mayEnter(RoomSummary room, Predicate<RoomId> joined) {
        RoomVersion version = room.room().version();
        String rule = room.joinRule();
        return switch (rule) {
            case "public" -> true;
            case "knock" -> version.has(Tweak.KNOCKING);
            case "knock_restricted" -> version.has(Tweak.KNOCK_RESTRICTED);
            default -> isRestricted(version, rule) && room.allowed().stream().anyMatch(joined);
        };
    }

    /// The same for a room that another server tells of: that one has said what this server may
    /// know.
    static boolean mayKnow(
            RemoteRoom room, @Nullable Membership membership, Predicate<RoomId> joined) {
        return membership == Membership.INVITE
                || membership != Membership.BAN && mayEnter(room, joined);
    }

    private static boolean mayEnter(RemoteRoom room, Predicate<RoomId> joined) {
        return room.content().bool("world_readable").orElse(false)
                || switch (room.content().string("join_rule").orElse("public")) {
                    case "public", "knock", "knock_restricted" -> true;
                    default -> room.allowed().stream().anyMatch(joined);
                };
    }

    static boolean isRestricted(RoomVersion version, String rule) {
        return rule.equals("restricted") && version.has(Tweak.RESTRICTED_JOINS)
                || rule.equals("knock_restricted") && version.has(Tweak.KNOCK_RESTRICTED);
    }
}
