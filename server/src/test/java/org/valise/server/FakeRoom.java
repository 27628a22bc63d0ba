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
import org.valise.protocol.signature.Signer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/// A room on a server that a test plays: a line of events that any of its users may add to, allowed
/// or not. Made for room versions whose event ids are hashes.
final class FakeRoom {
    /// Rooms of version 12 that begin alike in the same millisecond are the same.
    private static final AtomicLong NEXT_BEGIN =
            new AtomicLong(System.currentTimeMillis() - 1_000_000);

    private final Signer signer;
    final RoomVersion version;
    final UserId creator;
    RoomId id;
    private final List<Event> events = new ArrayList<>();
    private final Map<StateKey, Event> state = new LinkedHashMap<>();
    private long clock = NEXT_BEGIN.getAndAdd(1_000);

    /// A public room with its creator in it.
    FakeRoom(Signer signer, RoomVersion version, String localpart) {
        this.signer = signer;
        this.version = version;
        this.creator = UserId.parse("@mallory:" + signer.server());
        this.id = RoomId.parse("!" + localpart + ":" + signer.server());
        JsonObject content = JsonObject.of("room_version", version.id());
        Event create =
                state(
                        "m.room.create",
                        "",
                        version.has(Tweak.CREATOR_IS_SENDER)
                                ? content
                                : content.with("creator", creator.value()));
        this.id = create.roomId();
        state("m.room.member", creator.value(), JsonObject.of("membership", "join"));
        state(
                "m.room.power_levels",
                "",
                JsonObject.of(
                        "users",
                        version.has(Tweak.PRIVILEGED_CREATORS)
                                ? JsonObject.of()
                                : JsonObject.of(creator.value(), 100)));
        state("m.room.join_rules", "", JsonObject.of("join_rule", "public"));
    }

    /// Adds a state event of the creator.
    Event state(String type, String key, JsonObject content) {
        return add(creator, type, key, content, signer);
    }

    /// Adds an event.
    Event add(
            UserId sender, String type, @Nullable String key, JsonObject content, Signer signedBy) {
        Event event = made(sender, type, key, content, signedBy);
        take(event);
        return event;
    }

    /// Adds an event that somebody has made.
    void take(Event event) {
        events.add(event);
        String key = event.stateKey();
        if (key != null) {
            state.put(new StateKey(event.type(), key), event);
        }
    }

    /// An event that would be the next.
    Event made(
            UserId sender, String type, @Nullable String key, JsonObject content, Signer signedBy) {
        return EventBuilder.sign(version, template(sender, type, key, content), signedBy);
    }

    /// The same, not signed.
    JsonObject template(UserId sender, String type, @Nullable String key, JsonObject content) {
        EventBuilder builder =
                EventBuilder.of(version)
                        .type(type)
                        .stateKey(key)
                        .sender(sender)
                        .content(content)
                        .depth(events.size() + 1L)
                        .originServerTs(clock++)
                        .prevEvents(events.isEmpty() ? List.of() : List.of(events.getLast().id()))
                        .authEvents(
                                AuthRules.authEventKeys(version, type, key, sender, content)
                                        .stream()
                                        .map(state::get)
                                        .filter(Objects::nonNull)
                                        .map(Event::id)
                                        .toList());
        boolean create = type.equals("m.room.create");
        if (!create || !version.has(Tweak.ROOM_ID_IS_HASH)) {
            builder.roomId(id);
        }
        return builder.template();
    }

    Event state(String type, String key) {
        return Objects.requireNonNull(state.get(new StateKey(type, key)));
    }

    /// All of them, the oldest first.
    List<Event> events() {
        return List.copyOf(events);
    }

    List<Event> stateEvents() {
        return List.copyOf(state.values());
    }

    /// What is answered to `/make_join`.
    JsonObject makeJoin(String user) {
        return JsonObject.of(
                "room_version",
                version.id(),
                "event",
                template(
                        UserId.parse(user),
                        "m.room.member",
                        user,
                        JsonObject.of("membership", "join")));
    }

    /// What is answered to `/send_join`.
    JsonObject sendJoin(JsonObject join) {
        return JsonObject.of(
                "state", json(stateEvents()), "auth_chain", json(events), "event", join);
    }

    static JsonArray json(List<Event> events) {
        return JsonArray.of(events.stream().map(Event::json).toList());
    }

    /// Lets a server answer both steps of a join as one that means well.
    void serveJoins(FakeServer server) {
        String room = Synced.encoded(id.value());
        server.on(
                "/_matrix/federation/v1/make_join/" + room,
                request -> FakeServer.Answer.ok(makeJoin(userOf(request.path()))));
        server.on(
                "/_matrix/federation/v2/send_join/" + room,
                request -> FakeServer.Answer.ok(sendJoin(request.body())));
    }

    private static String userOf(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        int query = last.indexOf('?');
        return java.net.URLDecoder.decode(
                query < 0 ? last : last.substring(0, query),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    EventId last() {
        return events.getLast().id();
    }
}
