package org.valise.rooms.membership;

import org.valise.accounts.users.UserNumbers;
import org.valise.platform.stream.Stream;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.CurrentRooms;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Who may vouch for someone who joins because of a membership elsewhere.
///
/// Spec: server-server API, "Restricted rooms"; room version 8.
public final class RestrictedJoins {
    private static final int MAX_CANDIDATES = 1_000;

    /// SECURITY: whoever makes a room may name as many others as fit into an event.
    private static final int MAX_CONDITIONS = 100;

    private final RoomStore rooms;
    private final MembershipStore memberships;
    private final RoomServers servers;
    private final UserNumbers users;
    private final Predicate<UserId> local;
    private final Stream stream;
    private final CurrentRooms current;
    private final StateKeys keys;
    private final Events events;

    public RestrictedJoins(
            RoomStore rooms,
            MembershipStore memberships,
            RoomServers servers,
            UserNumbers users,
            Predicate<UserId> local,
            Stream stream,
            CurrentRooms current,
            StateKeys keys,
            Events events) {
        this.rooms = rooms;
        this.memberships = memberships;
        this.servers = servers;
        this.users = users;
        this.local = local;
        this.stream = stream;
        this.current = current;
        this.keys = keys;
        this.events = events;
    }

    /// Whether a user, of this server or another one, may be let into the room.
    public Vouching vouch(RoomWriter writer, UserId user) {
        if (!writer.version().has(Tweak.RESTRICTED_JOINS)) {
            return new Vouching.Needless();
        }
        Optional<Membership> present = writer.membership(user);
        StoredEvent rules = writer.state(EventTypes.JOIN_RULES, "");
        if (present.equals(Optional.of(Membership.INVITE))
                || present.equals(Optional.of(Membership.JOIN))
                || rules == null
                || !isRestricted(writer, rules.event().content())) {
            return new Vouching.Needless();
        }
        return conditions(rules.event().content(), user)
                .or(() -> invitingMember(writer).map(Vouching.By::new))
                .orElseGet(Vouching.Powerless::new);
    }

    private static boolean isRestricted(RoomWriter writer, JsonObject content) {
        String rule = content.string("join_rule").orElse("");
        return rule.equals("restricted")
                || rule.equals("knock_restricted") && writer.version().has(Tweak.KNOCK_RESTRICTED);
    }

    /// Why no condition is met; empty if one is.
    private Optional<Vouching> conditions(JsonObject content, UserId user) {
        Set<RoomId> wanted = roomsOf(content);
        Map<RoomId, RoomRef> known = rooms.find(wanted);
        if (local.test(user)) {
            // Where a user of this server is, this server knows.
            return isLocalMember(user, known.values())
                    ? Optional.empty()
                    : Optional.of(new Vouching.Refused());
        }
        Set<Long> here = servers.here(known.values().stream().map(RoomRef::number).toList());
        if (isMember(user, here)) {
            return Optional.empty();
        }
        return Optional.of(
                here.size() == wanted.size() ? new Vouching.Refused() : new Vouching.Unknown());
    }

    private static Set<RoomId> roomsOf(JsonObject content) {
        Set<RoomId> wanted = new LinkedHashSet<>();
        for (JsonValue condition : content.array("allow").orElse(JsonArray.of()).values()) {
            if (condition instanceof JsonObject allow
                    && allow.string("type").equals(Optional.of("m.room_membership"))
                    && wanted.size() < MAX_CONDITIONS) {
                allow.string("room_id").flatMap(RoomId::tryParse).ifPresent(wanted::add);
            }
        }
        return wanted;
    }

    private boolean isLocalMember(UserId user, Collection<RoomRef> wanted) {
        List<Long> numbers = wanted.stream().map(RoomRef::number).toList();
        return users.find(user)
                .map(number -> memberships.of(number, numbers, Long.MAX_VALUE))
                .filter(found -> found.containsValue(Membership.JOIN))
                .isPresent();
    }

    private boolean isMember(UserId user, Collection<Long> wanted) {
        long key = keys.find(StateKey.member(user)).orElse(0L);
        if (key == 0 || wanted.isEmpty()) {
            return false;
        }
        Map<Long, List<Long>> members = new HashMap<>();
        current.at(wanted, stream.applied())
                .forEach((room, each) -> {
                    long event = each.state().get(key);
                    if (event != 0) {
                        members.put(room, List.of(event));
                    }
                });
        return events.load(members).values().stream()
                .anyMatch(member ->
                        Membership.of(member.event().content())
                                .equals(Optional.of(Membership.JOIN)));
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
