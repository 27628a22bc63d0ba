package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.concurrent.atomic.AtomicLong;

/// A room, and what people do in it.
record TestRoom(String id) {
    private static final AtomicLong TRANSACTIONS = new AtomicLong();

    static TestRoom create(TestClient creator, JsonObject request) {
        return new TestRoom(
                creator.post("/_matrix/client/v3/createRoom", request)
                        .string("room_id")
                        .orElseThrow());
    }

    static TestRoom open(TestClient creator) {
        return create(creator, JsonObject.of("preset", "public_chat"));
    }

    /// @param history who may see it
    static TestRoom open(TestClient creator, String history) {
        JsonObject visibility =
                JsonObject.of(
                        "type",
                        "m.room.history_visibility",
                        "content",
                        JsonObject.of("history_visibility", history));
        return create(
                creator,
                JsonObject.of("preset", "public_chat", "initial_state", JsonArray.of(visibility)));
    }

    String path(String rest) {
        return "/_matrix/client/v3/rooms/" + Synced.encoded(id) + rest;
    }

    String say(TestClient who, String body) {
        return send(who, "m.room.message", JsonObject.of("msgtype", "m.text", "body", body));
    }

    String send(TestClient who, String type, JsonObject content) {
        return eventId(
                who.send(
                        "PUT",
                        path("/send/" + type + "/t" + TRANSACTIONS.incrementAndGet()),
                        content));
    }

    String setState(TestClient who, String type, String key, JsonObject content) {
        return eventId(
                who.send("PUT", path("/state/" + type + "/" + Synced.encoded(key)), content));
    }

    String redact(TestClient who, String event) {
        return eventId(tryToRedact(who, event));
    }

    /// Asks for what may be refused.
    TestClient.Answer tryToRedact(TestClient who, String event) {
        return who.send(
                "PUT",
                path("/redact/" + Synced.encoded(event) + "/t") + TRANSACTIONS.incrementAndGet(),
                JsonObject.of());
    }

    private static String eventId(TestClient.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().string("event_id").orElseThrow();
    }

    void join(TestClient who) {
        who.post(path("/join"), JsonObject.of());
    }

    void leave(TestClient who) {
        who.post(path("/leave"), JsonObject.of());
    }

    void forget(TestClient who) {
        who.post(path("/forget"), JsonObject.of());
    }

    void knock(TestClient who) {
        who.post("/_matrix/client/v3/knock/" + Synced.encoded(id), JsonObject.of());
    }

    void invite(TestClient who, TestClient guest) {
        who.post(path("/invite"), JsonObject.of("user_id", guest.userId()));
    }

    /// @param action `kick`, `ban` or `unban`
    void remove(TestClient who, String action, TestClient target, String reason) {
        who.post(path("/" + action), JsonObject.of("user_id", target.userId(), "reason", reason));
    }

    void read(TestClient who, String event, String type, JsonObject body) {
        who.post(path("/receipt/" + type + "/" + Synced.encoded(event)), body);
    }
}
