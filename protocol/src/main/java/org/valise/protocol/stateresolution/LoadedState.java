package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthState;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.function.ToIntFunction;

/// A state in numbers, as the authorization rules want to see it.
record LoadedState(ToIntFunction<StateKey> numbers, LoadedEvents loaded) implements AuthState {
    @Override
    public @Nullable Event get(StateKey key) {
        return loaded.event(numbers.applyAsInt(key));
    }

    @Override
    public PowerLevels powerLevels(RoomVersion version, Event create) {
        return loaded.powerLevels(version, numbers.applyAsInt(StateKey.POWER_LEVELS), create);
    }
}
