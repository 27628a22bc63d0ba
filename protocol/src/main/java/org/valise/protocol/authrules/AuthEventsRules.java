package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.Tweak;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// The rules that consider an event's room and its `auth_events`.
final class AuthEventsRules {

    private AuthEventsRules() {}

    static AuthResult check(
            Event event, Collection<Event> authEvents, Predicate<EventId> rejected) {
        boolean createIsRoomId = event.version().has(Tweak.ROOM_ID_IS_HASH);
        // If the event's `room_id` is not an event ID for an accepted (not rejected)
        // `m.room.create` event, with the sigil `!` instead of `$`, reject.
        if (createIsRoomId && !isOfAcceptedRoom(event, rejected)) {
            return AuthRule.ROOM_ID_NOT_OF_ACCEPTED_CREATE.reject(
                    "the room's `m.room.create` event was rejected");
        }
        // If there are duplicate entries for a given `type` and `state_key` pair, reject. (The same
        // entry twice is one, too.)
        List<EventId> ids = event.authEvents();
        if (new HashSet<>(ids).size() < ids.size()) {
            return AuthRule.AUTH_EVENTS_DUPLICATE.reject("an event twice");
        }
        Set<StateKey> selection = AuthRules.authEventKeys(event);
        Set<StateKey> seen = HashSet.newHashSet(authEvents.size());
        boolean createSeen = false;
        for (Event entry : authEvents) {
            // If there are duplicate entries for a given `type` and `state_key` pair, reject.
            if (entry.isState() && !seen.add(entry.key())) {
                return AuthRule.AUTH_EVENTS_DUPLICATE.reject("two entries for " + entry.key());
            }
            AuthResult refusal = refusal(entry, event, selection, rejected);
            if (refusal != null) {
                return refusal;
            }
            createSeen |= entry.type().equals(EventTypes.CREATE);
        }
        // If there is no `m.room.create` event among the entries, reject.
        return createSeen || createIsRoomId
                ? AuthRule.AUTH_EVENTS_ALLOWED.allow()
                : AuthRule.AUTH_EVENTS_WITHOUT_CREATE.reject(
                        "no `m.room.create` event among the auth events");
    }

    private static @Nullable AuthResult refusal(
            Event entry, Event event, Set<StateKey> selection, Predicate<EventId> rejected) {
        // If there are entries whose `type` and `state_key` don't match those specified by the auth
        // events selection algorithm described in the server specification, reject.
        if (!entry.isState() || !selection.contains(entry.key())) {
            return AuthRule.AUTH_EVENTS_NOT_SELECTED.reject(
                    "%s (%s) does not belong there".formatted(entry.id(), entry.type()));
        }
        // If there are entries which were themselves rejected under the checks performed on receipt
        // of a PDU, reject.
        if (rejected.test(entry.id())) {
            return AuthRule.AUTH_EVENTS_REJECTED.reject(entry.id() + " was rejected");
        }
        // If any event in `auth_events` has a `room_id` which does not match that of the event
        // being
        // authorised, reject.
        return entry.roomId().equals(event.roomId())
                ? null
                : AuthRule.AUTH_EVENTS_OF_ANOTHER_ROOM.reject(entry.id() + " is of another room");
    }

    /// Whether the room ID could be that of an event which was not rejected. That the event exists
    /// and is an `m.room.create`, follows from the state in [AuthRules#check].
    private static boolean isOfAcceptedRoom(Event event, Predicate<EventId> rejected) {
        return event.roomId().createEvent().filter(rejected.negate()).isPresent();
    }
}
