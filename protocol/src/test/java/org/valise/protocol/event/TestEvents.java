package org.valise.protocol.event;

import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Keys;

import java.util.List;

/// Valid events of every room version to start from.
final class TestEvents {
    static final Keys.TestSigner SIGNER = Keys.of("example.org", 1);
    static final UserId ALICE = UserId.parse("@alice:example.org");

    private TestEvents() {}

    static EventBuilder builder(RoomVersion version) {
        EventBuilder builder =
                EventBuilder.of(version)
                        .roomId(room(version))
                        .type("m.room.message")
                        .sender(ALICE)
                        .content(JsonObject.of("body", "Hello", "msgtype", "m.text"))
                        .prevEvents(List.of(reference(version, 1), reference(version, 2)))
                        .authEvents(List.of(reference(version, 3)))
                        .depth(7)
                        .originServerTs(1_700_000_000_000L);
        return version.has(Tweak.EVENT_ID_IS_HASH)
                ? builder
                : builder.eventId(EventId.parse("$own:example.org"));
    }

    static RoomId room(RoomVersion version) {
        return RoomId.parse(
                version.has(Tweak.ROOM_ID_IS_HASH) ? "!" + "R".repeat(43) : "!room:example.org");
    }

    static EventId reference(RoomVersion version, int number) {
        return EventId.parse(
                version.has(Tweak.EVENT_ID_IS_HASH)
                        ? "$" + Integer.toString(number).repeat(43)
                        : "$" + number + ":example.org");
    }

    /// A signed message event.
    static Event message(RoomVersion version) {
        return builder(version).sign(SIGNER);
    }

    static JsonObject pdu(RoomVersion version) {
        return message(version).json();
    }

    static Event member(RoomVersion version, JsonObject content) {
        return builder(version)
                .type("m.room.member")
                .stateKey("@bob:b.example")
                .content(content)
                .sign(SIGNER);
    }
}
