package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// `device_lists` in syncs and `/keys/changes`: who learns of whom, and when.
final class DeviceListsTest {
    private static final String SYNC = "/_matrix/client/v3/sync";
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-l" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-l" + people);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    /// What a sync and `/keys/changes` say of the same part of the stream: the same.
    private record Seen(List<String> changed, List<String> left, String next, JsonObject sync) {}

    private static Seen sync(TestClient client, String since) {
        JsonObject answer = client.get(SYNC + "?since=" + since).json();
        String next = answer.string("next_batch").orElseThrow();
        JsonObject lists = answer.object("device_lists").orElse(JsonObject.of());
        var seen = new Seen(ids(lists, "changed"), ids(lists, "left"), next, answer);
        JsonObject changes = changes(client, since, next);
        assertThat(ids(changes, "changed")).as("changed").isEqualTo(seen.changed);
        assertThat(ids(changes, "left")).as("left").isEqualTo(seen.left);
        return seen;
    }

    private static JsonObject changes(TestClient client, String from, String to) {
        return client.get("/_matrix/client/v3/keys/changes?from=" + from + "&to=" + to).json();
    }

    private static List<String> ids(JsonObject lists, String field) {
        return lists.array(field).orElse(JsonArray.of()).strings();
    }

    private static String token(TestClient client) {
        return client.get(SYNC).json().string("next_batch").orElseThrow();
    }

    @Test
    void tellsOfNewKeysWhoSharesARoomAndNobodyElse() {
        TestClient stranger = TestClient.register(SERVER, "stranger-l" + people);
        createRoom(stranger);
        join(bob, createRoom(alice));
        String alices = token(alice);
        String bobs = token(bob);
        String strangers = token(stranger);
        KeyedDevice device = new KeyedDevice(bob);
        JsonObject keys = device.uploadIdentity();
        Seen first = sync(alice, alices);
        assertThat(first.changed).containsExactly(bob.userId());
        assertThat(sync(bob, bobs).changed).containsExactly(bob.userId());
        assertThat(sync(stranger, strangers).changed).isEmpty();
        // The same keys again are no news.
        device.upload("device_keys", keys);
        assertThat(sync(alice, first.next).changed).isEmpty();
        device.uploadOneTimeKeys("1");
        assertThat(sync(alice, first.next).changed).isEmpty();
        device.uploadIdentity();
        assertThat(sync(alice, first.next).changed).containsExactly(bob.userId());
    }

    @Test
    void wakesAPollThatWaits() throws Exception {
        join(bob, createRoom(alice));
        String since = token(alice);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TestClient.Answer> poll =
                    threads.submit(() -> alice.get(SYNC + "?timeout=18000&since=" + since));
            long begin = System.nanoTime();
            KeyedDevice.withKeys(bob);
            assertThat(poll.get().body()).contains("device_lists").contains(bob.userId());
            assertThat(System.nanoTime() - begin).isLessThan(15_000_000_000L);
        }
    }

    @Test
    void tellsOfWhoJoinsInTheResponseThatShowsTheJoin() {
        String room = createRoom(alice);
        String alices = token(alice);
        String bobs = token(bob);
        join(bob, room);
        Seen seen = sync(alice, alices);
        assertThat(seen.changed).containsExactly(bob.userId());
        assertThat(seen.sync.toString()).contains("\"membership\":\"join\"");
        assertThat(sync(bob, bobs).changed).containsExactly(alice.userId(), bob.userId());
        assertThat(sync(alice, seen.next).changed).isEmpty();
    }

    @Test
    void anInvitationTellsNothingUntilItIsAccepted() {
        String room = createRoom(alice);
        String alices = token(alice);
        String bobs = token(bob);
        alice.post(rooms(room) + "/invite", JsonObject.of("user_id", bob.userId()));
        KeyedDevice.withKeys(alice);
        Seen invited = sync(bob, bobs);
        assertThat(invited.changed).isEmpty();
        assertThat(sync(alice, alices).changed).containsExactly(alice.userId());
        join(bob, room);
        assertThat(sync(bob, invited.next).changed).containsExactly(alice.userId(), bob.userId());
    }

    @Test
    void whoLeavesIsLeftAndTheirKeysAreNoNewsAnyMore() {
        String room = createRoom(alice);
        join(bob, room);
        String alices = token(alice);
        String bobs = token(bob);
        bob.post(rooms(room) + "/leave", JsonObject.of());
        Seen seen = sync(alice, alices);
        assertThat(seen.left).containsExactly(bob.userId());
        assertThat(seen.changed).isEmpty();
        assertThat(sync(bob, bobs).left).containsExactly(alice.userId());
        KeyedDevice.withKeys(bob);
        Seen after = sync(alice, seen.next);
        assertThat(after.changed).isEmpty();
        assertThat(after.left).isEmpty();
        // What happened in between is nobody's business either.
        Seen whole = sync(alice, alices);
        assertThat(whole.changed).isEmpty();
        assertThat(whole.left).containsExactly(bob.userId());
    }

    @Test
    void whoLeavesAndComesBackIsChanged() {
        String room = createRoom(alice);
        join(bob, room);
        String since = token(alice);
        bob.post(rooms(room) + "/leave", JsonObject.of());
        KeyedDevice.withKeys(bob);
        join(bob, room);
        Seen seen = sync(alice, since);
        assertThat(seen.changed).containsExactly(bob.userId());
        assertThat(seen.left).isEmpty();
    }

    @Test
    void whoLeavesAndComesBackMyselfSeesTheOthersChanged() {
        String room = createRoom(alice);
        join(bob, room);
        String since = token(bob);
        bob.post(rooms(room) + "/leave", JsonObject.of());
        join(bob, room);
        Seen seen = sync(bob, since);
        assertThat(seen.changed).containsExactly(alice.userId(), bob.userId());
        assertThat(seen.left).isEmpty();
    }

    @Test
    void aSecondSharedRoomAndAnotherNameAreNoNews() {
        join(bob, createRoom(alice));
        String since = token(alice);
        String second = createRoom(alice);
        join(bob, second);
        bob.send(
                "PUT",
                "/_matrix/client/v3/profile/" + encoded(bob.userId()) + "/displayname",
                JsonObject.of("displayname", "Bob"));
        Seen seen = sync(alice, since);
        assertThat(seen.changed).isEmpty();
        bob.post(rooms(second) + "/leave", JsonObject.of());
        Seen after = sync(alice, seen.next);
        assertThat(after.changed).isEmpty();
        assertThat(after.left).isEmpty();
    }

    @Test
    void aDeviceThatIsGoneIsAChange() throws Exception {
        join(bob, createRoom(alice));
        TestClient phone = bob.onAnotherDevice();
        KeyedDevice.withKeys(phone);
        String since = token(alice);
        phone.post("/_matrix/client/v3/logout", JsonObject.of());
        // It follows the logout: a poll that waits is told.
        JsonObject answer = alice.get(SYNC + "?timeout=18000&since=" + since).json();
        assertThat(ids(answer.object("device_lists").orElseThrow(), "changed"))
                .containsExactly(bob.userId());
    }

    @Test
    void aDeviceWithoutKeysComesAndGoesUnnoticed() {
        join(bob, createRoom(alice));
        String since = token(alice);
        TestClient phone = bob.onAnotherDevice();
        rename(phone, "Phone");
        phone.post("/_matrix/client/v3/logout", JsonObject.of());
        assertThat(sync(alice, since).changed).isEmpty();
    }

    @Test
    void anotherNameOfADeviceIsAChange() {
        join(bob, createRoom(alice));
        KeyedDevice device = KeyedDevice.withKeys(bob);
        String since = token(alice);
        rename(bob, "Laptop");
        JsonObject answer = alice.get(SYNC + "?timeout=18000&since=" + since).json();
        assertThat(ids(answer.object("device_lists").orElseThrow(), "changed"))
                .containsExactly(bob.userId());
        assertThat(device.seenBy(alice).object("unsigned"))
                .contains(JsonObject.of("device_display_name", "Laptop"));
    }

    private static void rename(TestClient device, String name) {
        TestClient.Answer answer =
                device.send(
                        "PUT",
                        "/_matrix/client/v3/devices/" + encoded(device.deviceId()),
                        JsonObject.of("display_name", name));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void answersForAnyTwoTokens() {
        String before = token(alice);
        String room = createRoom(alice);
        join(bob, room);
        String joined = token(alice);
        KeyedDevice.withKeys(bob);
        String changed = token(alice);
        bob.post(rooms(room) + "/leave", JsonObject.of());
        String left = token(alice);
        assertThat(ids(changes(alice, before, joined), "changed"))
                .containsExactly(alice.userId(), bob.userId());
        assertThat(ids(changes(alice, joined, changed), "changed")).containsExactly(bob.userId());
        assertThat(ids(changes(alice, joined, left), "changed")).isEmpty();
        assertThat(ids(changes(alice, joined, left), "left")).containsExactly(bob.userId());
        assertThat(ids(changes(alice, before, left), "left")).isEmpty();
        assertThat(ids(changes(alice, left, before), "changed")).isEmpty();
        assertThat(alice.get("/_matrix/client/v3/keys/changes?from=nonsense&to=" + left).status())
                .isEqualTo(400);
        assertThat(alice.get("/_matrix/client/v3/keys/changes?from=" + left).status())
                .isEqualTo(400);
    }

    @Test
    void anInitialSyncHasNoDeviceLists() {
        join(bob, createRoom(alice));
        KeyedDevice.withKeys(bob);
        assertThat(alice.get(SYNC).json().has("device_lists")).isFalse();
    }

    private static String createRoom(TestClient creator) {
        return creator.post("/_matrix/client/v3/createRoom", JsonObject.of("preset", "public_chat"))
                .string("room_id")
                .orElseThrow();
    }

    private static void join(TestClient client, String room) {
        client.post(rooms(room) + "/join", JsonObject.of());
    }

    private static String rooms(String room) {
        return "/_matrix/client/v3/rooms/" + encoded(room);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
