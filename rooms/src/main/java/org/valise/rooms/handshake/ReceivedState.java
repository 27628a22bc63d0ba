package org.valise.rooms.handshake;

import org.jspecify.annotations.Nullable;
import org.valise.federation.client.LargeObject;
import org.valise.federation.keys.KeyRing;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventSignatures;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonBoolean;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.JsonSigning;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The answer to `/send_join`, taken in while it comes: the state of the room and its auth chain.
/// Nothing of it is believed yet.
final class ReceivedState implements AutoCloseable {
    private static final String STATE = "state";
    private static final String AUTH_CHAIN = "auth_chain";

    /// An event is at most 64 KiB in canonical JSON; it may come with spaces and escapes.
    private static final int MOST_BYTES_OF_A_VALUE = 512 * 1024;

    private final RoomId room;
    private final RoomVersion version;
    private final Limits limits;
    private final EventSpool events;
    private final List<EventId> state = new ArrayList<>();
    private final Map<ServerKey, KeyRing.Need> needs = new HashMap<>();
    private @Nullable EventId create;
    private @Nullable JsonObject join;
    private int seen;
    private int malformed;
    private boolean entered;

    private record ServerKey(ServerName server, KeyId key) {}

    /// What an answer may be.
    ///
    /// @param state how many state events the room may have
    /// @param events how many events there may be altogether
    record Limits(int state, int events, LargeAnswers large) {}

    private ReceivedState(RoomId room, RoomVersion version, Limits limits, EventSpool events) {
        this.room = room;
        this.version = version;
        this.limits = limits;
        this.events = events;
    }

    /// @throws UnbelievableAnswer if it cannot be true
    /// @throws RoomTooLarge if the room is
    static ReceivedState read(InputStream body, RoomId room, RoomVersion version, Limits limits)
            throws IOException {
        ReceivedState received = new ReceivedState(room, version, limits, EventSpool.open(version));
        try {
            received.readAll(body);
            return received;
        } catch (IOException | RuntimeException e) {
            received.close();
            throw e;
        }
    }

    private void readAll(InputStream body) throws IOException {
        LargeObject.read(
                body,
                Set.of(STATE, AUTH_CHAIN),
                MOST_BYTES_OF_A_VALUE,
                new LargeObject.Parts() {
                    @Override
                    public void element(String array, JsonValue element) throws IOException {
                        add(element, array.equals(STATE));
                    }

                    @Override
                    public void member(String key, JsonValue value) {
                        remember(key, value);
                    }
                });
        events.complete();
    }

    private void remember(String key, JsonValue value) {
        if (key.equals("event") && value instanceof JsonObject event) {
            join = event;
        } else if (key.equals("members_omitted") && value.equals(JsonBoolean.TRUE)) {
            throw new UnbelievableAnswer("members are left out, which was not asked for");
        } else if (key.equals(STATE) || key.equals(AUTH_CHAIN)) {
            throw new UnbelievableAnswer(key + " is no list");
        }
    }

    private void add(JsonValue element, boolean isState) throws IOException {
        // SECURITY: a stranger could go on without end.
        if (++seen > limits.events()) {
            throw new UnbelievableAnswer("more than " + limits.events() + " events");
        }
        if (seen > LargeAnswers.EVENTS && !entered) {
            limits.large().enter();
            entered = true;
        }
        if (!(element instanceof JsonObject pdu)) {
            throw new UnbelievableAnswer("an event that is no object");
        }
        Event event;
        try {
            event = Event.parse(version, pdu);
        } catch (InvalidEvent e) {
            malformed++;
            return;
        }
        if (!event.roomId().equals(room)) {
            throw new UnbelievableAnswer(event.id() + " is of another room");
        }
        if (isState) {
            addState(event);
        }
        for (KeyRing.Need need : needs(event, pdu)) {
            needs.merge(
                    new ServerKey(need.server(), need.key()),
                    need,
                    (one, other) -> one.at().isAfter(other.at()) ? one : other);
        }
        events.add(event);
    }

    /// The keys with which an event may have been signed by those who must.
    private static List<KeyRing.Need> needs(Event event, JsonObject pdu) {
        return EventSignatures.required(event).stream()
                .flatMap(server ->
                        JsonSigning.signatures(pdu, server.value()).keySet().stream()
                                .map(key -> KeyRing.Need.of(event, server, key)))
                .toList();
    }

    private void addState(Event event) {
        if (!event.isState()) {
            throw new UnbelievableAnswer(event.id() + " in the state is no state event");
        }
        if (event.isState(EventTypes.CREATE, "")) {
            create = event.id();
        }
        state.add(event.id());
        if (state.size() > limits.state()) {
            throw new RoomTooLarge(limits.state());
        }
    }

    /// How many were no events of the room's version.
    int malformed() {
        return malformed;
    }

    /// @throws UnbelievableAnswer if there is none
    EventId create() {
        EventId known = create;
        if (known == null) {
            throw new UnbelievableAnswer("the state has no create event");
        }
        return known;
    }

    /// The ids of the state.
    List<EventId> state() {
        return state;
    }

    /// Each key that is needed, at the latest time at which it is.
    Collection<KeyRing.Need> keysNeeded() {
        return needs.values();
    }

    EventSpool events() {
        return events;
    }

    /// The join as the other server has it, with its signature where it had to sign; else as it was
    /// sent.
    Event join(Event sent) {
        JsonObject answered = join;
        if (answered == null) {
            return sent;
        }
        try {
            Event event = Event.parse(version, answered);
            return event.id().equals(sent.id())
                            && event.contentHashMatches()
                            && event.json()
                                    .without("signatures")
                                    .equals(sent.json().without("signatures"))
                    ? event
                    : sent;
        } catch (InvalidEvent e) {
            return sent;
        }
    }

    @Override
    public void close() {
        if (entered) {
            limits.large().leave();
        }
        events.close();
    }
}
