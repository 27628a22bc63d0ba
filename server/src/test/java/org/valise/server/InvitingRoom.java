package org.valise.server;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/// A room that a [FakeServer] has to itself, and invites others to.
final class InvitingRoom {
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final FakeServer server;
    private final RoomVersion version;
    private final UserId rose;
    private final RoomId id;
    private final Map<StateKey, Event> state = new HashMap<>();
    private Event last;

    /// Rose has made it.
    InvitingRoom(FakeServer server, RoomVersion version, JsonObject creation) {
        this.server = server;
        this.version = version;
        this.rose = UserId.parse("@rose:" + server.name());
        JsonObject content = creation.with("room_version", version.id());
        EventBuilder create =
                builder(rose, "m.room.create", "")
                        .content(
                                version.has(Tweak.CREATOR_IS_SENDER)
                                        ? content
                                        : content.with("creator", rose.value()))
                        .depth(1);
        if (!version.has(Tweak.ROOM_ID_IS_HASH)) {
            create.roomId(RoomId.parse("!r" + NUMBERS.incrementAndGet() + ":" + server.name()));
        }
        last = create.sign(server.signer());
        id = last.roomId();
        state.put(last.key(), last);
        set("m.room.member", rose.value(), JsonObject.of("membership", "join"));
        set("m.room.join_rules", "", JsonObject.of("join_rule", "invite"));
        set("m.room.name", "", JsonObject.of("name", "The salon"));
    }

    InvitingRoom(FakeServer server, RoomVersion version) {
        this(server, version, JsonObject.of());
    }

    private EventBuilder builder(UserId sender, String type, @Nullable String stateKey) {
        EventBuilder builder =
                EventBuilder.of(version)
                        .type(type)
                        .stateKey(stateKey)
                        .sender(sender)
                        .originServerTs(System.currentTimeMillis());
        if (!version.has(Tweak.EVENT_ID_IS_HASH)) {
            builder.eventId(EventId.parse("$e" + NUMBERS.incrementAndGet() + ":" + server.name()));
        }
        return builder;
    }

    RoomId id() {
        return id;
    }

    UserId rose() {
        return rose;
    }

    /// An event that follows the newest.
    EventBuilder draft(UserId sender, String type, String stateKey, JsonObject content) {
        List<EventId> auth = new ArrayList<>();
        AuthRules.authEventKeys(version, type, stateKey, sender, content).stream()
                .map(state::get)
                .filter(Objects::nonNull)
                .map(Event::id)
                .forEach(auth::add);
        return builder(sender, type, stateKey)
                .roomId(id)
                .content(content)
                .prevEvents(List.of(last.id()))
                .authEvents(auth)
                .depth(last.depth() + 1);
    }

    Event set(String type, String stateKey, JsonObject content) {
        last = draft(rose, type, stateKey, content).sign(server.signer());
        state.put(last.key(), last);
        return last;
    }

    Event invitation(String target) {
        return set("m.room.member", target, JsonObject.of("membership", "invite"));
    }

    /// What is told of it: whole events, with the create event.
    List<JsonObject> told() {
        return state.values().stream()
                .filter(event ->
                        !event.type().equals("m.room.member")
                                || event.isState("m.room.member", rose.value()))
                .map(Event::json)
                .toList();
    }

    JsonObject body(Event invitation, List<JsonObject> told) {
        return JsonObject.of(
                "room_version",
                version.id(),
                "event",
                invitation.json(),
                "invite_room_state",
                JsonArray.of(told));
    }

    TestClient.Answer send(TestServer to, Event invitation) {
        return send(to, invitation, body(invitation, told()));
    }

    TestClient.Answer send(TestServer to, Event invitation, JsonObject body) {
        return server.send(
                to,
                "localhost",
                "PUT",
                "/_matrix/federation/v2/invite/%s/%s"
                        .formatted(
                                Synced.encoded(id.value()),
                                Synced.encoded(invitation.id().value())),
                body);
    }
}
