package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.server.TestClient.Answer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Backup of room keys over HTTP.
final class KeyBackupTest {
    private static final String VERSION = "/_matrix/client/v3/room_keys/version";
    private static final String KEYS = "/_matrix/client/v3/room_keys/keys";
    private static final String ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-b" + ++people);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void aBackupIsCreatedAndDescribed() {
        assertThat(refusal(alice.get(VERSION))).isEqualTo("404 M_NOT_FOUND");
        String version = create("one");
        JsonObject described = alice.get(VERSION).json();
        assertThat(described.string("algorithm")).contains(ALGORITHM);
        assertThat(described.object("auth_data").orElseThrow().string("public_key"))
                .contains("one");
        assertThat(described.integer("count")).contains(0L);
        assertThat(described.string("version")).contains(version);
        assertThat(described.string("etag")).isPresent();
        assertThat(alice.get(VERSION + "/" + version).json()).isEqualTo(described);
        assertThat(refusal(alice.get(VERSION + "/999"))).isEqualTo("404 M_NOT_FOUND");
        assertThat(refusal(alice.get(VERSION + "/latest"))).isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void theNewestVersionIsTheCurrentOneAndNoneIsGivenTwice() {
        String first = create("one");
        String second = create("two");
        assertThat(second).isNotEqualTo(first);
        assertThat(alice.get(VERSION).json().string("version")).contains(second);
        delete(VERSION + "/" + second);
        assertThat(alice.get(VERSION).json().string("version")).contains(first);
        assertThat(refusal(alice.get(VERSION + "/" + second))).isEqualTo("404 M_NOT_FOUND");
        String third = create("three");
        assertThat(third).isNotIn(first, second);
    }

    @Test
    void twoVersionsCreatedAtOnceAreTwo() throws Exception {
        List<Future<String>> made = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                made.add(threads.submit(() -> create("at once")));
            }
        }
        List<String> versions = new ArrayList<>();
        for (Future<String> each : made) {
            versions.add(each.get());
        }
        assertThat(versions).doesNotHaveDuplicates();
    }

    @Test
    void onlyAuthDataOfTheSameAlgorithmCanBeChanged() {
        String path = VERSION + "/" + create("one");
        assertThat(put(path, description("two")).status()).isEqualTo(200);
        assertThat(alice.get(path).json().object("auth_data").orElseThrow().string("public_key"))
                .contains("two");
        assertThat(refusal(put(path, description("x").with("algorithm", "other"))))
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(refusal(put(path, description("x").with("version", "99"))))
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(refusal(put(VERSION + "/99", description("x")))).isEqualTo("404 M_NOT_FOUND");
        assertThat(refusal(put(path, JsonObject.of("algorithm", ALGORITHM))))
                .isEqualTo("400 M_MISSING_PARAM");
    }

    @Test
    void deletingADeletedBackupSucceedsAndAnUnknownOneIsNotFound() {
        String path = VERSION + "/" + create("one");
        delete(path);
        delete(path);
        assertThat(refusal(alice.send("DELETE", VERSION + "/99", JsonObject.of())))
                .isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void keysAreStoredAndGivenBackByAnyOfThreePaths() {
        String version = "?version=" + create("one");
        assertThat(alice.get(KEYS + version).body()).isEqualTo("{\"rooms\":{}}");
        assertThat(alice.get(KEYS + "/!a:x" + version).body()).isEqualTo("{\"sessions\":{}}");
        JsonObject one = key(1, 0, false, "one");
        JsonObject two = key(2, 1, true, "two");
        JsonObject three = key(3, 2, false, "three");
        put(KEYS + "/!a:x/s1" + version, one);
        put(KEYS + "/!b:x" + version, JsonObject.of("sessions", JsonObject.of("s2", two)));
        Answer last =
                put(
                        KEYS + version,
                        rooms("!a:x", JsonObject.of("s3", three)).with("ignored", true));
        assertThat(last.json().integer("count")).contains(3L);
        assertThat(alice.get(KEYS + "/!a:x/s1" + version).json()).isEqualTo(one);
        assertThat(alice.get(KEYS + "/!a:x" + version).json())
                .isEqualTo(JsonObject.of("sessions", JsonObject.of("s1", one, "s3", three)));
        assertThat(alice.get(KEYS + version).json())
                .isEqualTo(
                        JsonObject.of(
                                "rooms",
                                JsonObject.of(
                                        "!a:x",
                                        JsonObject.of(
                                                "sessions", JsonObject.of("s1", one, "s3", three)),
                                        "!b:x",
                                        JsonObject.of("sessions", JsonObject.of("s2", two)))));
        assertThat(refusal(alice.get(KEYS + "/!a:x/none" + version))).isEqualTo("404 M_NOT_FOUND");
        assertThat(refusal(alice.get(KEYS + "?version=99"))).isEqualTo("404 M_NOT_FOUND");
        assertThat(refusal(alice.get(KEYS))).isEqualTo("400 M_MISSING_PARAM");
    }

    @Test
    void theBetterKeyStays() {
        String path = KEYS + "/!a:x/s?version=" + create("one");
        String etag = put(path, key(5, 5, false, "first")).json().string("etag").orElseThrow();
        // *if the keys have different values for is_verified, then it will keep the key that has
        // is_verified set to true*
        assertThat(replaces(path, etag, key(9, 9, true, "verified"))).isTrue();
        assertThat(replaces(path, null, key(0, 0, false, "unverified"))).isFalse();
        // *if they have the same values for is_verified, then it will keep the key with a lower
        // first_message_index*
        assertThat(replaces(path, null, key(8, 99, true, "earlier"))).isTrue();
        assertThat(replaces(path, null, key(9, 0, true, "later"))).isFalse();
        // *finally, … it will keep the key with a lower forwarded_count*
        assertThat(replaces(path, null, key(8, 3, true, "less forwarded"))).isTrue();
        assertThat(replaces(path, null, key(8, 4, true, "more forwarded"))).isFalse();
        assertThat(replaces(path, null, key(8, 3, true, "as good"))).isFalse();
        assertThat(alice.get(VERSION).json().integer("count")).contains(1L);
    }

    private boolean replaces(String path, @Nullable String etagBefore, JsonObject key) {
        String before =
                etagBefore != null
                        ? etagBefore
                        : alice.get(VERSION).json().string("etag").orElseThrow();
        String after = put(path, key).json().string("etag").orElseThrow();
        boolean replaced = alice.get(path).json().equals(key);
        assertThat(!before.equals(after)).as("the etag changes with the keys").isEqualTo(replaced);
        return replaced;
    }

    @Test
    void keysAreWrittenToTheCurrentVersionOnly() {
        String first = create("one");
        String second = create("two");
        Answer refused = put(KEYS + "/!a:x/s?version=" + first, key(0, 0, false, "x"));
        assertThat(refusal(refused)).isEqualTo("403 M_WRONG_ROOM_KEYS_VERSION");
        assertThat(refused.json().string("current_version")).contains(second);
        assertThat(refusal(put(KEYS + "?version=99", rooms("!a:x", JsonObject.of()))))
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(alice.get(KEYS + "?version=" + first).body()).isEqualTo("{\"rooms\":{}}");
    }

    @Test
    void keysAreDeletedByAnyOfThreePaths() {
        String version = "?version=" + create("one");
        JsonObject sessions = JsonObject.of("s1", key(1, 1, true, "1"), "s2", key(2, 2, true, "2"));
        for (String room : List.of("!a:x", "!b:x", "!c:x")) {
            put(KEYS + version, rooms(room, sessions));
        }
        assertThat(delete(KEYS + "/!a:x/s1" + version).integer("count")).contains(5L);
        assertThat(delete(KEYS + "/!b:x" + version).integer("count")).contains(3L);
        String etag = alice.get(VERSION).json().string("etag").orElseThrow();
        JsonObject nothing = delete(KEYS + "/!b:x" + version);
        assertThat(nothing.string("etag")).contains(etag);
        assertThat(delete(KEYS + version).integer("count")).contains(0L);
        assertThat(alice.get(KEYS + version).body()).isEqualTo("{\"rooms\":{}}");
        assertThat(refusal(alice.send("DELETE", KEYS + "?version=99", JsonObject.of())))
                .isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void aBackupIsItsUsersOwn() {
        String version = "?version=" + create("one");
        put(KEYS + "/!a:x/s" + version, key(0, 0, false, "secret"));
        TestClient bob = TestClient.register(SERVER, "bob-b" + people);
        assertThat(refusal(bob.get(KEYS + version))).isEqualTo("404 M_NOT_FOUND");
        assertThat(refusal(bob.get(VERSION))).isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void refusesOtherShapes() {
        String version = "?version=" + create("one");
        JsonObject whole = key(0, 0, false, "x");
        for (String field :
                List.of("first_message_index", "forwarded_count", "is_verified", "session_data")) {
            assertThat(refusal(put(KEYS + "/!a:x/s" + version, whole.without(field))))
                    .isEqualTo("400 M_MISSING_PARAM");
            assertThat(refusal(put(KEYS + "/!a:x/s" + version, whole.with(field, "text"))))
                    .isEqualTo("400 M_BAD_JSON");
        }
        assertThat(refusal(put(KEYS + version, JsonObject.of("rooms", "text"))))
                .isEqualTo("400 M_BAD_JSON");
        assertThat(refusal(put(KEYS + version, rooms("!a:x", JsonObject.of("s", 5)))))
                .isEqualTo("400 M_BAD_JSON");
        assertThat(refusal(put(KEYS + version, rooms("!a:\0", JsonObject.of("s", whole)))))
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(refusal(put(KEYS + "/!a:x/s" + version, key(0, 0, true, "x".repeat(70_000)))))
                .isEqualTo("413 M_TOO_LARGE");
        assertThat(alice.get(VERSION).json().integer("count")).contains(0L);
    }

    @Test
    void manyKeysAreStoredAndRestored() {
        String version = "?version=" + create("one");
        int count = 0;
        for (int chunk = 0; chunk < 4; chunk++) {
            JsonObject.Builder all = JsonObject.builder();
            for (int room = 0; room < 5; room++) {
                JsonObject.Builder sessions = JsonObject.builder();
                for (int i = 0; i < 500; i++) {
                    sessions.put("s" + chunk + "-" + i, key(i, chunk, false, "data" + i));
                    count++;
                }
                all.put("!r" + room + ":x", JsonObject.of("sessions", sessions.build()));
            }
            put(KEYS + version, JsonObject.of("rooms", all.build()));
        }
        assertThat(alice.get(VERSION).json().integer("count")).contains((long) count);
        JsonObject rooms = alice.get(KEYS + version).json().object("rooms").orElseThrow();
        assertThat(rooms.keys()).hasSize(5);
        for (String room : rooms.keys()) {
            JsonObject sessions = sessions(rooms.object(room).orElseThrow());
            assertThat(sessions.size()).isEqualTo(2_000);
            assertThat(sessions.object("s2-7")).contains(key(7, 2, false, "data7"));
            assertThat(sessions(alice.get(KEYS + "/" + room + version).json())).isEqualTo(sessions);
        }
    }

    @Test
    void goesWithItsAccount() {
        String version = create("one");
        put(KEYS + "/!a:x/s?version=" + version, key(0, 0, false, "secret"));
        alice.deactivate();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(stored()).isZero());
    }

    private long stored() {
        return SERVER.database()
                .read(tx ->
                        tx.only(
                                """
                                SELECT count(*) FROM devices.backup_key
                                JOIN devices.backup ON backup.number = backup_key.backup
                                JOIN accounts_read.user_number ON user_number.number = backup.user_number
                                WHERE user_id = ?
                                """,
                                row -> row.getLong(1),
                                alice.userId()));
    }

    private static JsonObject sessions(JsonObject room) {
        return room.object("sessions").orElseThrow();
    }

    private String create(String publicKey) {
        return alice.post(VERSION, description(publicKey)).string("version").orElseThrow();
    }

    private static JsonObject description(String publicKey) {
        return JsonObject.of(
                "algorithm", ALGORITHM, "auth_data", JsonObject.of("public_key", publicKey));
    }

    private static JsonObject key(int first, int forwarded, boolean verified, String data) {
        return JsonObject.of(
                "first_message_index",
                first,
                "forwarded_count",
                forwarded,
                "is_verified",
                verified,
                "session_data",
                JsonObject.of("ciphertext", data));
    }

    private static JsonObject rooms(String room, JsonObject sessions) {
        return JsonObject.of("rooms", JsonObject.of(room, JsonObject.of("sessions", sessions)));
    }

    private Answer put(String path, JsonObject body) {
        return alice.send("PUT", path, body);
    }

    private JsonObject delete(String path) {
        Answer answer = alice.send("DELETE", path, JsonObject.of());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static String refusal(Answer answer) {
        return answer.status() + " " + answer.json().string("errcode").orElse("");
    }
}
