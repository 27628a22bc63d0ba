package org.valise.server;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Signer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A room of a real server as a [FakeServer] has it: what that adds need not have been sent to
/// anybody. Room versions from 3 on.
final class SeenRoom {
    private static final String EVENTS =
            """
            SELECT e.json, r.version FROM rooms.event e JOIN rooms.room r ON r.number = e.room
            WHERE r.room_id = ? AND e.position IS NOT NULL ORDER BY e.position
            """;

    private final Signer signer;
    private final RoomId id;
    private final RoomVersion version;
    private final Map<EventId, Event> events = new LinkedHashMap<>();
    private final Map<StateKey, Event> state = new HashMap<>();
    private List<Event> last = List.of();

    private SeenRoom(Signer signer, RoomId id, RoomVersion version) {
        this.signer = signer;
        this.id = id;
        this.version = version;
    }

    private record Row(byte[] json, String version) {}

    /// The room as it is there now.
    static SeenRoom of(FakeServer server, TestServer there, String room) {
        List<Row> rows =
                there.database()
                        .read(tx ->
                                tx.query(
                                        EVENTS,
                                        row -> new Row(row.getBytes(1), row.getString(2)),
                                        room));
        RoomVersion version = RoomVersion.of(rows.getFirst().version()).orElseThrow();
        SeenRoom known = new SeenRoom(server.signer(), RoomId.parse(room), version);
        for (Row row : rows) {
            known.add(Event.parse(version, Json.parseObject(row.json())));
        }
        return known;
    }

    RoomId id() {
        return id;
    }

    RoomVersion version() {
        return version;
    }

    /// Takes an event in as the newest.
    void add(Event event) {
        events.put(event.id(), event);
        if (event.isState()) {
            state.put(event.key(), event);
        }
        last = List.of(event);
    }

    /// The next event follows these.
    void follow(Event... parents) {
        last = List.of(parents);
    }

    Event last() {
        return last.getLast();
    }

    Event state(String type, String key) {
        return Objects.requireNonNull(state.get(new StateKey(type, key)));
    }

    /// What `/state_ids` answers for the newest event, were it another one.
    JsonObject stateIds() {
        return JsonObject.of(
                "pdu_ids",
                JsonArray.of(state.values().stream().map(event -> event.id().value()).toList()),
                "auth_chain_ids",
                JsonArray.of(state.values().stream().map(event -> event.id().value()).toList()));
    }

    /// An event that follows the newest, not added.
    EventBuilder draft(UserId sender, String type, @Nullable String stateKey, JsonObject content) {
        List<EventId> auth = new ArrayList<>();
        for (StateKey key : AuthRules.authEventKeys(version, type, stateKey, sender, content)) {
            Event event = state.get(key);
            if (event != null) {
                auth.add(event.id());
            }
        }
        return EventBuilder.of(version)
                .roomId(id)
                .type(type)
                .stateKey(stateKey)
                .sender(sender)
                .content(content)
                .prevEvents(last.stream().map(Event::id).toList())
                .authEvents(auth)
                .depth(last.stream().mapToLong(Event::depth).max().orElse(0) + 1)
                .originServerTs(System.currentTimeMillis());
    }

    /// A signed event that follows the newest, and is the newest from now on.
    Event make(UserId sender, String type, @Nullable String stateKey, JsonObject content) {
        Event event = draft(sender, type, stateKey, content).sign(signer);
        add(event);
        return event;
    }

    Event join(UserId user) {
        return make(user, "m.room.member", user.value(), JsonObject.of("membership", "join"));
    }

    Event say(UserId user, String body) {
        return make(user, "m.room.message", null, JsonObject.of("msgtype", "m.text", "body", body));
    }

    Event event(EventId event) {
        return Objects.requireNonNull(events.get(event));
    }
}
