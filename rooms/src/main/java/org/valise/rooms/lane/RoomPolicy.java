package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;

import java.util.Optional;

/// The one port for rules beyond the specification's: room types, policy servers, limits. Asked for
/// every event that the authorization rules allow; a local refusal is a 403 with the reason, a
/// remote one a soft failure with the reason stored.
public interface RoomPolicy {
    /// Allows everything.
    RoomPolicy OPEN = (event, state) -> Optional.empty();

    /// @return why the event is not wanted, in words for the person who sent it
    Optional<String> refusal(Event event, CurrentState state);

    /// The state of the room before the event.
    interface CurrentState {
        @Nullable Event get(StateKey key);
    }
}
