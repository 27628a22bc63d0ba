package org.valise.rooms.reading;

import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.Optional;

/// People who relate events to each other, and look at what comes of it.
final class Relating {
    private final RoomsServer server;

    Relating(RoomsServer server) {
        this.server = server;
    }

    String roomOf(User alice, User bob) {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        return room;
    }

    static JsonObject text(String body) {
        return JsonObject.of("msgtype", "m.text", "body", body);
    }

    static JsonObject related(String relType, String parent, String body) {
        return text(body)
                .with("m.relates_to", JsonObject.of("rel_type", relType, "event_id", parent));
    }

    String relate(User user, String room, String relType, String parent, String body) {
        return server.send(user, room, "m.room.message", related(relType, parent, body));
    }

    String edit(User user, String room, String parent, String body) {
        return server.send(
                user,
                room,
                "m.room.message",
                related("m.replace", parent, "* " + body).with("m.new_content", text(body)));
    }

    static JsonObject annotation(String parent, String key) {
        return JsonObject.of(
                "m.relates_to",
                JsonObject.of("rel_type", "m.annotation", "event_id", parent, "key", key));
    }

    void redact(User user, String room, String event) {
        server.put(user, "/rooms/" + room + "/redact/" + event + "/r" + event, JsonObject.of())
                .ok();
    }

    void ignore(User user, User ignored) {
        JsonObject list =
                ignored == null ? JsonObject.of() : JsonObject.of(ignored.id(), JsonObject.of());
        server.put(
                        user,
                        "/user/" + user.id() + "/account_data/m.ignored_user_list",
                        JsonObject.of("ignored_users", list))
                .ok();
    }

    Answer relations(User user, String room, String rest) {
        return server.get(user, "/_matrix/client/v1/rooms/" + room + "/relations/" + rest);
    }

    Answer threads(User user, String room, String query) {
        return server.get(user, "/_matrix/client/v1/rooms/" + room + "/threads" + query);
    }

    static Optional<JsonObject> bundle(JsonObject event) {
        return event.object("unsigned").flatMap(unsigned -> unsigned.object("m.relations"));
    }

    Optional<JsonObject> bundle(User user, String room, String event) {
        return bundle(server.get(user, "/rooms/" + room + "/event/" + event).ok());
    }

    static Optional<String> latestInThread(JsonObject event) {
        return bundle(event)
                .flatMap(bundle -> bundle.object("m.thread"))
                .flatMap(thread -> thread.object("latest_event"))
                .flatMap(latest -> latest.string("event_id"));
    }

    static Optional<String> editOf(Optional<JsonObject> bundle) {
        return bundle.flatMap(found -> found.object("m.replace"))
                .flatMap(replacing -> replacing.string("event_id"));
    }
}
