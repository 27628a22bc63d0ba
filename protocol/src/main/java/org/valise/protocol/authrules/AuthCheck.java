package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Verifier;

/// One event being judged against one state: what several rules ask of them.
final class AuthCheck {

    private final Event event;
    private final Event create;
    private final AuthState state;
    private final Verifier verifier;
    private final RoomVersion version;
    private final String sender;
    private @Nullable PowerLevels powerLevels;

    AuthCheck(Event event, Event create, AuthState state, Verifier verifier) {
        this.event = event;
        this.create = create;
        this.state = state;
        this.verifier = verifier;
        this.version = event.version();
        this.sender = event.sender().value();
    }

    Event event() {
        return event;
    }

    Event create() {
        return create;
    }

    RoomVersion version() {
        return version;
    }

    Verifier verifier() {
        return verifier;
    }

    String sender() {
        return sender;
    }

    PowerLevels powerLevels() {
        PowerLevels known = powerLevels;
        if (known == null) {
            known = state.powerLevels(version, create);
            powerLevels = known;
        }
        return known;
    }

    long senderLevel() {
        return powerLevels().userLevel(sender);
    }

    Membership membership(String user) {
        return Membership.of(state(new StateKey(EventTypes.MEMBER, user)));
    }

    @Nullable Event state(StateKey key) {
        return state.get(key);
    }
}
