package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthResult;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.authrules.AuthState;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.StoredEvent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The checks on receipt of an event that are the authorization rules, each against the state that
/// it is to be made with. Each answers why the event does not pass.
///
/// Spec: server-server API, "Checks performed on receipt of a PDU", the fourth to the sixth.
public final class EventChecks {
    private final Verifier verifier;
    private final Function<Map<StateKey, StoredEvent>, AuthState> states;

    /// For many events of one room that are judged by their auth events alone.
    public EventChecks(Verifier verifier) {
        this(verifier, remembering(new HashMap<>()));
    }

    EventChecks(Verifier verifier, Function<Map<StateKey, StoredEvent>, AuthState> states) {
        this.verifier = verifier;
        this.states = states;
    }

    /// Passes authorisation rules based on the event's auth events, otherwise it is rejected.
    ///
    /// @param authEvents all events that its `auth_events` name, and the room's create event where
    ///   the room's id is its hash
    public Optional<String> basedOnAuthEvents(Event event, Map<EventId, StoredEvent> authEvents) {
        List<StoredEvent> named =
                event.authEvents().stream().distinct().map(authEvents::get).toList();
        AuthResult result =
                AuthRules.checkAuthEvents(
                        event,
                        named.stream().map(StoredEvent::event).toList(),
                        id -> isRejected(authEvents.get(id)));
        if (result instanceof AuthResult.Rejected rejected) {
            return Optional.of(rejected.detail());
        }
        Map<StateKey, StoredEvent> state = new HashMap<>();
        event.roomId()
                .createEvent()
                .map(authEvents::get)
                .ifPresent(create -> state.put(StateKey.CREATE, create));
        for (StoredEvent each : named) {
            if (each.isState()) {
                state.put(each.event().key(), each);
            }
        }
        return basedOn(state, event);
    }

    /// Passes authorisation rules based on a state: the one before the event, otherwise it is
    /// rejected; the current one of the room, otherwise it is soft-failed.
    ///
    /// @param state holds what [AuthRules#needs] names
    Optional<String> basedOn(Map<StateKey, StoredEvent> state, Event event) {
        AuthResult result = AuthRules.check(event, states.apply(state), verifier);
        return result instanceof AuthResult.Rejected rejected
                ? Optional.of(rejected.detail())
                : Optional.empty();
    }

    private static boolean isRejected(@Nullable StoredEvent event) {
        return event != null && event.status() == EventStatus.REJECTED;
    }

    /// Power levels are not parsed anew for each event.
    private static Function<Map<StateKey, StoredEvent>, AuthState> remembering(
            Map<EventId, PowerLevels> parsed) {
        return state ->
                new AuthState() {
                    @Override
                    public @Nullable Event get(StateKey key) {
                        StoredEvent stored = state.get(key);
                        return stored == null ? null : stored.event();
                    }

                    @Override
                    public PowerLevels powerLevels(RoomVersion version, Event create) {
                        Event levels = get(StateKey.POWER_LEVELS);
                        return levels == null
                                ? PowerLevels.of(version, null, create)
                                : parsed.computeIfAbsent(
                                        levels.id(),
                                        any -> PowerLevels.of(version, levels, create));
                    }
                };
    }
}
