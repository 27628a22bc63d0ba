package org.valise.rooms.sending;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.rooms.lane.RoomPolicy;

import java.util.Optional;

/// Encryption of a room can never be turned off again: neither by other state in its place nor by
/// redacting what turned it on.
///
/// SECURITY: clients remember it by themselves, but one that joins later would know nothing of it
/// and send in the clear.
public final class EncryptionStays implements RoomPolicy {
    private static final StateKey ENCRYPTION = new StateKey(EventTypes.ENCRYPTION, "");

    /// What clients can encrypt with today.
    private static final String MEGOLM = "m.megolm.v1.aes-sha2";

    @Override
    public Optional<String> refusal(Event event, CurrentState state) {
        boolean replaces = event.isState(ENCRYPTION.type(), ENCRYPTION.key());
        if (!replaces && !event.type().equals(EventTypes.REDACTION)) {
            return Optional.empty();
        }
        @Nullable Event current = state.get(ENCRYPTION);
        if (current == null || algorithm(current).isEmpty()) {
            return Optional.empty();
        }
        boolean turnsOff =
                replaces
                        ? algorithm(event).filter(wanted -> isKept(wanted, current)).isEmpty()
                        : current.id().equals(event.redacts());
        return turnsOff
                ? Optional.of("Encryption of a room cannot be turned off")
                : Optional.empty();
    }

    private static boolean isKept(String wanted, Event current) {
        return wanted.equals(MEGOLM) || algorithm(current).filter(wanted::equals).isPresent();
    }

    private static Optional<String> algorithm(Event encryption) {
        return encryption.content().string("algorithm").filter(name -> !name.isEmpty());
    }
}
