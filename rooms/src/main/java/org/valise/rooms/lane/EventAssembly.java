package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.lane.Head.Extremity;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Makes the event of a draft: what the room's writer adds to it, and this server's signature.
final class EventAssembly {
    private static final int MAX_PREV_EVENTS = 20;
    private static final long MAX_DEPTH = (1L << 53) - 1;

    private final RoomWriter.Tools tools;
    private final RoomVersion version;
    private final UnitMemory memory;

    EventAssembly(RoomWriter.Tools tools, RoomVersion version, UnitMemory memory) {
        this.tools = tools;
        this.version = version;
        this.memory = memory;
    }

    /// @param room null for the create event of a room
    /// @param state of the room, with what [AuthRules#authEventKeys] names
    /// @throws MatrixException 400 or 413 if it is not a valid event
    Event assemble(
            Draft draft, @Nullable RoomRef room, Head head, Map<StateKey, StoredEvent> state) {
        return signed(unsigned(draft, room, head, state));
    }

    /// The same event for another server to sign.
    ///
    /// @throws MatrixException 400 or 413 if it would not be a valid event
    Template template(Draft draft, RoomRef room, Head head, Map<StateKey, StoredEvent> state) {
        EventBuilder builder = unsigned(draft, room, head, state);
        return new Template(builder.template().without("event_id"), signed(builder));
    }

    /// An event as another server gets it to fill in, and what would become of it here.
    record Template(JsonObject json, Event event) {}

    private EventBuilder unsigned(
            Draft draft, @Nullable RoomRef room, Head head, Map<StateKey, StoredEvent> state) {
        String stateKey = draft.stateKey();
        if (hasNul(draft.type()) || stateKey != null && hasNul(stateKey)) {
            throw new MatrixException(
                    ErrorCode.M_BAD_JSON, "No NUL character in a type or a state key");
        }
        List<StoredEvent> auth =
                AuthRules.authEventKeys(
                                version,
                                draft.type(),
                                draft.stateKey(),
                                draft.sender(),
                                draft.content())
                        .stream()
                        .map(state::get)
                        .filter(Objects::nonNull)
                        .toList();
        List<Extremity> previous = head.extremities().stream().limit(MAX_PREV_EVENTS).toList();
        EventBuilder builder =
                EventBuilder.of(version)
                        .type(draft.type())
                        .stateKey(draft.stateKey())
                        .sender(draft.sender())
                        .content(draft.content())
                        .redacts(draft.redacts())
                        .prevEvents(previous.stream().map(Extremity::id).toList())
                        .authEvents(auth.stream().map(StoredEvent::id).toList())
                        .depth(Math.min(head.depth() + 1, MAX_DEPTH))
                        .originServerTs(draft.originServerTs());
        if (room != null) {
            builder.roomId(room.id());
        } else if (!version.has(Tweak.ROOM_ID_IS_HASH)) {
            builder.roomId(RoomId.parse("!" + opaqueId()));
        }
        if (!version.has(Tweak.EVENT_ID_IS_HASH)) {
            builder.eventId(EventId.parse("$" + opaqueId()));
            addReferenceHashes(builder, auth, previous);
        }
        return builder;
    }

    private String opaqueId() {
        return tools.opaque().get() + ":" + tools.signer().server();
    }

    private void addReferenceHashes(
            EventBuilder builder, List<StoredEvent> auth, List<Extremity> previous) {
        for (StoredEvent event : auth) {
            builder.referenceHash(event.id(), event.event().referenceHash());
        }
        for (Extremity extremity : previous) {
            Event event = memory.event(extremity.number()).event();
            builder.referenceHash(extremity.id(), event.referenceHash());
        }
    }

    private Event signed(EventBuilder builder) {
        try {
            return builder.sign(tools.signer());
        } catch (InvalidEvent e) {
            throw new MatrixException(
                    e.tooLarge() ? ErrorCode.M_TOO_LARGE : ErrorCode.M_BAD_JSON,
                    String.valueOf(e.getMessage()));
        } catch (JsonException e) {
            throw new MatrixException(ErrorCode.M_BAD_JSON, String.valueOf(e.getMessage()));
        }
    }

    /// PostgreSQL does not store it in text.
    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }
}
