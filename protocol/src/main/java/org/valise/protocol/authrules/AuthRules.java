package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Verifier;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.function.Predicate;

/// The authorization rules of every room version. Ask which state they want ([#needs]), load it,
/// let them decide ([#check]).
///
/// The checks on receipt of an event use them like this:
/// - *passes signature checks*: comes first, and verifies the signatures of all servers that
///   [org.valise.protocol.event.EventSignatures#required] names. The rules only look whether a
///   signature is there.
/// - *passes authorization rules based on the event's auth events*: [#checkAuthEvents], then
///   [#check] against [AuthState#of(Collection)] of these events, with the room's create event
///   where it is not one of them.
/// - *… based on the state before the event* and *… based on the current state of the room*:
///   [#check] against that state.
public final class AuthRules {

    private AuthRules() {}

    /// Auth events selection: the state whose events belong into the `auth_events` of an event.
    public static Set<StateKey> authEventKeys(
            RoomVersion version,
            String type,
            @Nullable String stateKey,
            UserId sender,
            JsonObject content) {
        return Collections.unmodifiableSet(
                AuthEventsSelection.keys(version, type, stateKey, sender, content));
    }

    public static Set<StateKey> authEventKeys(Event event) {
        return authEventKeys(
                event.version(), event.type(), event.stateKey(), event.sender(), event.content());
    }

    /// The state that [#check] reads: that of the auth events, and the create event always.
    public static Set<StateKey> needs(
            RoomVersion version,
            String type,
            @Nullable String stateKey,
            UserId sender,
            JsonObject content) {
        Set<StateKey> keys = AuthEventsSelection.keys(version, type, stateKey, sender, content);
        if (!type.equals(EventTypes.CREATE)) {
            keys.add(StateKey.CREATE);
        }
        return Collections.unmodifiableSet(keys);
    }

    public static Set<StateKey> needs(Event event) {
        return needs(
                event.version(), event.type(), event.stateKey(), event.sender(), event.content());
    }

    /// The rules that consider the event's room and `auth_events`.
    ///
    /// @param authEvents the events that its `auth_events` name, all of them: what is missing, is
    ///   the caller's to fetch first
    /// @param rejected whether the event with this ID was rejected
    public static AuthResult checkAuthEvents(
            Event event, Collection<Event> authEvents, Predicate<EventId> rejected) {
        // If type is `m.room.create`: […] Otherwise, allow.
        return event.type().equals(EventTypes.CREATE)
                ? CreateRules.check(event)
                : AuthEventsRules.check(event, authEvents, rejected);
    }

    /// All other rules: those that look at a state.
    ///
    /// @param state holds what [#needs] names, as far as the room has it
    /// @param verifier asked only about third-party invites
    public static AuthResult check(Event event, AuthState state, Verifier verifier) {
        // If type is `m.room.create`:
        if (event.type().equals(EventTypes.CREATE)) {
            return CreateRules.check(event);
        }
        boolean createIsRoomId = event.version().has(Tweak.ROOM_ID_IS_HASH);
        Event create = state.get(StateKey.CREATE);
        // If the event's `room_id` is not an event ID for an accepted (not rejected)
        // `m.room.create` event, with the sigil `!` instead of `$`, reject.
        if (createIsRoomId && (create == null || !isOfRoom(event, create))) {
            return AuthRule.ROOM_ID_NOT_OF_ACCEPTED_CREATE.reject(
                    "not the ID of the state's `m.room.create` event");
        }
        // If there is no `m.room.create` event among the entries, reject.
        if (create == null) {
            return AuthRule.AUTH_EVENTS_WITHOUT_CREATE.reject(
                    "the state has no `m.room.create` event");
        }
        // If the `content` of the `m.room.create` event in the room state has the property
        // `m.federate` set to `false`, and the `sender` domain of the event does not match the
        // `sender` domain of the create event, reject.
        if (!create.content().bool("m.federate").orElse(true)
                && !event.sender().server().equals(create.sender().server())) {
            return AuthRule.SENDER_OUTSIDE_UNFEDERATED_ROOM.reject("the room is not federated");
        }
        return checkByType(new AuthCheck(event, create, state, verifier));
    }

    private static boolean isOfRoom(Event event, Event create) {
        // Without making an EventId: this is asked for each event.
        String room = event.roomId().value();
        String id = create.id().value();
        return room.length() == id.length() && room.regionMatches(1, id, 1, id.length() - 1);
    }

    private static AuthResult checkByType(AuthCheck check) {
        Event event = check.event();
        String type = event.type();
        // If type is `m.room.aliases`:
        if (type.equals(EventTypes.ALIASES) && !check.version().has(Tweak.NO_ALIASES_RULES)) {
            return checkAliases(event);
        }
        // If type is `m.room.member`:
        if (type.equals(EventTypes.MEMBER)) {
            return MemberRules.check(check);
        }
        return checkMembersEvent(check, event, type);
    }

    /// The rules for what only members of the room may send.
    private static AuthResult checkMembersEvent(AuthCheck check, Event event, String type) {
        // If the `sender`'s current membership state is not `join`, reject.
        if (check.membership(check.sender()) != Membership.JOIN) {
            return AuthRule.SENDER_NOT_JOINED.reject(check.sender() + " is not in the room");
        }
        long senderLevel = check.senderLevel();
        // If type is `m.room.third_party_invite`: Allow if and only if `sender`'s current power
        // level is greater than or equal to the *invite level*.
        if (type.equals(EventTypes.THIRD_PARTY_INVITE)) {
            long needed = check.powerLevels().invite();
            return senderLevel >= needed
                    ? AuthRule.THIRD_PARTY_INVITE_LEVEL.allow()
                    : AuthRule.THIRD_PARTY_INVITE_LEVEL.reject(below(senderLevel, needed));
        }
        // If the event type's *required power level* is greater than the `sender`'s power level,
        // reject.
        long required = check.powerLevels().requiredLevel(type, event.isState());
        if (required > senderLevel) {
            return AuthRule.SENDER_BELOW_REQUIRED_LEVEL.reject(below(senderLevel, required));
        }
        // If the event has a `state_key` that starts with an `@` and does not match the `sender`,
        // reject.
        String stateKey = event.stateKey();
        if (stateKey != null && stateKey.startsWith("@") && !stateKey.equals(check.sender())) {
            return AuthRule.STATE_KEY_OF_ANOTHER_USER.reject("the `state_key` is another user's");
        }
        // If type is `m.room.power_levels`:
        if (type.equals(EventTypes.POWER_LEVELS)) {
            return PowerLevelsRules.check(check);
        }
        // If type is `m.room.redaction`:
        if (type.equals(EventTypes.REDACTION)
                && !check.version().has(Tweak.REDACTIONS_CHECKED_ON_APPLYING)) {
            return RedactionRules.check(check);
        }
        // Otherwise, allow.
        return AuthRule.OTHERWISE_ALLOWED.allow();
    }

    private static AuthResult checkAliases(Event event) {
        String stateKey = event.stateKey();
        // If event has no `state_key`, reject.
        if (stateKey == null) {
            return AuthRule.ALIASES_WITHOUT_STATE_KEY.reject("no `state_key`");
        }
        // If sender's domain doesn't match `state_key`, reject.
        if (!stateKey.equals(event.sender().server().value())) {
            return AuthRule.ALIASES_OF_ANOTHER_DOMAIN.reject(
                    "the `state_key` is not the sender's domain");
        }
        // Otherwise, allow.
        return AuthRule.ALIASES_ALLOWED.allow();
    }

    private static String below(long level, long needed) {
        return "the sender's level %d is below %d".formatted(level, needed);
    }
}
