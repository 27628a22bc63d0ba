package org.valise.rooms.outside;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Signer;

import java.util.List;
import java.util.function.Supplier;

/// Makes the events by which local users leave rooms in which this server is not.
public final class LeaveEvents {
    private final Signer signer;
    private final Supplier<String> opaque;

    /// @param opaque makes the random part of an id
    public LeaveEvents(Signer signer, Supplier<String> opaque) {
        this.signer = signer;
        this.opaque = opaque;
    }

    /// One that is shown here only: it follows the invitation or the knock, for where else it
    /// stands nobody here can know.
    ///
    /// @throws MatrixException 400 or 413 if the reason does not fit into an event
    Event following(Event member, UserId user, JsonObject content, long ts) {
        EventBuilder builder =
                builder(member.version(), member.roomId(), user, content, ts)
                        .prevEvents(List.of(member.id()))
                        .authEvents(List.of(member.id()))
                        .depth(member.depth())
                        .referenceHash(member.id(), member.referenceHash());
        return signed(member.version(), builder.template());
    }

    /// One that a server in the room has made the template of.
    ///
    /// SECURITY: of the template only its place in the room is taken: signed is what the user
    /// wants, and nothing else.
    ///
    /// @throws MatrixException if that makes no event
    Event placed(JsonObject template, Event member, UserId user, JsonObject content, long ts) {
        JsonObject own = builder(member.version(), member.roomId(), user, content, ts).template();
        return signed(
                member.version(),
                own.with("prev_events", template.get("prev_events"))
                        .with("auth_events", template.get("auth_events"))
                        .with("depth", template.get("depth")));
    }

    private EventBuilder builder(
            RoomVersion version, RoomId room, UserId user, JsonObject content, long ts) {
        EventBuilder builder =
                EventBuilder.of(version)
                        .roomId(room)
                        .type(EventTypes.MEMBER)
                        .stateKey(user.value())
                        .sender(user)
                        .content(content)
                        .originServerTs(ts);
        if (!version.has(Tweak.EVENT_ID_IS_HASH)) {
            builder.eventId(EventId.parse("$" + opaque.get() + ":" + signer.server()));
        }
        return builder;
    }

    private Event signed(RoomVersion version, JsonObject template) {
        try {
            return EventBuilder.sign(version, template, signer);
        } catch (InvalidEvent e) {
            throw new MatrixException(
                    e.tooLarge() ? ErrorCode.M_TOO_LARGE : ErrorCode.M_BAD_JSON,
                    String.valueOf(e.getMessage()));
        }
    }
}
