package org.valise.rooms.membership;

import org.valise.accounts.users.UserNumbers;
import org.valise.platform.http.Caller;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Who may vouch for someone who joins because of a membership elsewhere.
///
/// Spec: server-server API, "Restricted rooms"; room version 8.
public final class RestrictedJoins {
    private static final int MAX_CANDIDATES = 1_000;

    private final RoomStore rooms;
    private final MembershipStore memberships;
    private final UserNumbers users;
    private final Predicate<UserId> local;

    public RestrictedJoins(
            RoomStore rooms,
            MembershipStore memberships,
            UserNumbers users,
            Predicate<UserId> local) {
        this.rooms = rooms;
        this.memberships = memberships;
        this.users = users;
        this.local = local;
    }

    /// A local member who may invite, if the room is restricted and the caller meets a condition.
    Optional<UserId> authorisingUser(RoomWriter writer, Caller caller) {
        if (!writer.version().has(Tweak.RESTRICTED_JOINS)) {
            return Optional.empty();
        }
        StoredEvent rules = writer.state(EventTypes.JOIN_RULES, "");
        if (rules == null || !isRestricted(writer, rules.event().content())) {
            return Optional.empty();
        }
        return meetsCondition(rules.event().content(), caller)
                ? invitingMember(writer)
                : Optional.empty();
    }

    private static boolean isRestricted(RoomWriter writer, JsonObject content) {
        String rule = content.string("join_rule").orElse("");
        return rule.equals("restricted")
                || rule.equals("knock_restricted") && writer.version().has(Tweak.KNOCK_RESTRICTED);
    }

    private boolean meetsCondition(JsonObject content, Caller caller) {
        for (JsonValue condition : content.array("allow").orElse(JsonArray.of()).values()) {
            if (condition instanceof JsonObject allow
                    && allow.string("type").equals(Optional.of("m.room_membership"))
                    && allow.string("room_id")
                            .flatMap(RoomId::tryParse)
                            .filter(room -> isJoined(room, caller))
                            .isPresent()) {
                return true;
            }
        }
        return false;
    }

    private boolean isJoined(RoomId room, Caller caller) {
        return rooms.find(room)
                .flatMap(known ->
                        memberships.of(caller.userNumber(), known.number(), Long.MAX_VALUE))
                .filter(membership -> membership.membership() == Membership.JOIN)
                .isPresent();
    }

    private Optional<UserId> invitingMember(RoomWriter writer) {
        PowerLevels levels = writer.powerLevels();
        List<Long> joined =
                memberships.localMembers(writer.room().number(), Membership.JOIN, Long.MAX_VALUE);
        List<UserId> candidates =
                new ArrayList<>(
                        users.users(joined.subList(0, Math.min(joined.size(), MAX_CANDIDATES)))
                                .values());
        return candidates.stream()
                .filter(local)
                .filter(user -> levels.userLevel(user) >= levels.invite())
                .max(Comparator.comparingLong(levels::userLevel));
    }
}
