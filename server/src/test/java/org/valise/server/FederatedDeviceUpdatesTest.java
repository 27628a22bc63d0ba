package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What another server says of devices, and sends to devices. Most of it no decent server would.
final class FederatedDeviceUpdatesTest extends OneServer {
    private static final String LIST = "/_matrix/federation/v1/user/devices/";
    private static int people;

    private final UserId mallory = UserId.parse("@mallory-" + ++people + ":fake.test");

    /// A room of Alice's that Mallory is in, whose list of one device is kept as of update 5.
    @BeforeEach
    void share() {
        join(fake, mallory, TestRoom.open(alice));
        fake.on(LIST, request -> list(5, device("FIRST")));
        assertThat(devices()).containsExactly("FIRST");
    }

    private JsonObject keys(String id) {
        return JsonObject.of(
                "user_id",
                mallory.value(),
                "device_id",
                id,
                "algorithms",
                JsonArray.of(),
                "keys",
                JsonObject.of("ed25519:" + id, "some"));
    }

    private JsonObject device(String id) {
        return JsonObject.of("device_id", id, "keys", keys(id));
    }

    private FakeServer.Answer list(long streamId, JsonObject... devices) {
        return FakeServer.Answer.ok(
                JsonObject.of(
                        "user_id",
                        mallory.value(),
                        "stream_id",
                        streamId,
                        "devices",
                        JsonArray.of((Object[]) devices)));
    }

    private JsonObject update(String id, long streamId, long previous) {
        return device(id)
                .with("user_id", mallory.value())
                .with("stream_id", streamId)
                .with("prev_id", JsonArray.of(previous));
    }

    private List<String> devices() {
        return KeyedDevice.query(alice, mallory.value())
                .object("device_keys")
                .flatMap(users -> users.object(mallory.value()))
                .orElse(JsonObject.of())
                .keys();
    }

    private long asked() {
        String own = LIST + Synced.encoded(mallory.value());
        return fake.requests().stream().filter(own::equals).count();
    }

    @Test
    void anUpdateThatFollowsIsTakenInWithoutAsking() {
        long before = asked();
        edu(fake, "m.device_list_update", update("SECOND", 6, 5));
        Waiting.untilTrue(() -> devices().contains("SECOND"));
        JsonObject gone =
                JsonObject.of(
                        "user_id",
                        mallory.value(),
                        "device_id",
                        "FIRST",
                        "stream_id",
                        7,
                        "prev_id",
                        JsonArray.of(6),
                        "deleted",
                        true);
        edu(fake, "m.device_list_update", gone);
        Waiting.untilTrue(() -> !devices().contains("FIRST"));
        assertThat(devices()).containsExactly("SECOND");
        assertThat(asked()).isEqualTo(before);
    }

    @Test
    void anUpdateAfterAGapHasTheListFetchedUntilThatSucceeds() {
        fake.on(LIST, request -> FakeServer.Answer.refusal(500, "M_UNKNOWN"));
        long before = asked();
        edu(fake, "m.device_list_update", update("THIRD", 9, 8));
        Waiting.untilTrue(() -> asked() > before + 1);
        fake.on(LIST, request -> list(9, device("SECOND"), device("THIRD")));
        Waiting.untilTrue(() -> devices().size() == 2);
        assertThat(devices()).containsExactlyInAnyOrder("SECOND", "THIRD");
    }

    @Test
    void aServerSpeaksForItsOwnUsersAndTheirOwnDevicesOnly() {
        long before = asked();
        edu(other, "m.device_list_update", update("FORGED", 6, 5));
        edu(
                other,
                "m.signing_key_update",
                JsonObject.of("user_id", mallory.value(), "master_key", JsonObject.of()));
        JsonObject another = update("SECOND", 6, 5).with("keys", keys("THIRD"));
        fake.on(LIST, request -> list(6, device("SECOND").with("keys", keys("THIRD"))));
        edu(fake, "m.device_list_update", another);
        // It cannot be taken in, so the list is fetched, whose entry is as bad.
        Waiting.untilTrue(() -> asked() > before && devices().isEmpty());
    }

    @Test
    void aDeviceWithoutKeysIsNoNewsIfNothingIsKeptOfItsUser() {
        UserId oscar = UserId.parse("@oscar-" + people + ":fake.test");
        join(fake, oscar, TestRoom.open(alice));
        Synced[] last = {Synced.initial(alice)};
        edu(
                fake,
                "m.device_list_update",
                JsonObject.of("user_id", oscar.value(), "device_id", "PHONE", "stream_id", 3));
        edu(fake, "m.device_list_update", update("SECOND", 6, 5));
        List<String> changed = new ArrayList<>();
        Waiting.untilTrue(() -> {
            last[0] = last[0].next(alice, "timeout=1000");
            last[0].json()
                    .object("device_lists")
                    .flatMap(lists -> lists.array("changed"))
                    .ifPresent(users -> changed.addAll(users.strings()));
            return changed.contains(mallory.value());
        });
        assertThat(changed).doesNotContain(oscar.value());
    }

    /// *When that user joins a room which contains servers which are not already receiving updates
    /// for that user's device list*, whether or not the device has keys.
    @Test
    void whoseFirstJoinItIsIsToldOfToServersThatKnewNothing() {
        List<JsonObject> updates = new CopyOnWriteArrayList<>();
        fake.on(
                "/_matrix/federation/v1/send/",
                request -> {
                    request.body().array("edus").orElse(JsonArray.of()).objects().stream()
                            .filter(edu ->
                                    edu.string("edu_type")
                                            .filter("m.device_list_update"::equals)
                                            .isPresent())
                            .forEach(edu -> updates.add(edu.object("content").orElseThrow()));
                    return FakeServer.Answer.ok(JsonObject.of("pdus", JsonObject.of()));
                });
        TestClient carol = federation.register("one", "carol-u" + people);
        for (int i = 0; i < 2; i++) {
            FakeRoom room = new FakeRoom(fake.signer(), RoomVersion.V11, "room" + people + "-" + i);
            room.serveJoins(fake);
            FederatedJoinTest.mustJoin(carol, new TestRoom(room.id.value()), "fake.test");
        }
        KeyedDevice.withKeys(carol);
        Waiting.untilTrue(() -> of(carol, updates).size() >= 2);
        assertThat(of(carol, updates)).as("one for both joins, one for the keys").hasSize(2);
        JsonObject first = of(carol, updates).getFirst();
        assertThat(first.string("device_id")).contains(carol.deviceId());
        assertThat(first.has("keys")).isFalse();
        assertThat(first.has("deleted")).isFalse();
        assertThat(of(carol, updates).getLast().object("keys")).isPresent();
    }

    private static List<JsonObject> of(TestClient user, List<JsonObject> updates) {
        return updates.stream()
                .filter(update -> update.string("user_id").orElse("").equals(user.userId()))
                .toList();
    }

    private JsonObject message(String sender, String id, String body) {
        return JsonObject.of(
                "sender",
                sender,
                "type",
                "m.test",
                "message_id",
                id,
                "messages",
                JsonObject.of(alice.userId(), JsonObject.of("*", JsonObject.of("body", body))));
    }

    @Test
    void aMessageComesOnceHoweverOftenItIsSentAndFromNobodyElse() {
        String type = "m.direct_to_device";
        edu(other, type, message(mallory.value(), "x", "forged"));
        edu(fake, type, message("not a user", "y", "malformed"));
        edu(fake, type, message(mallory.value(), "1-" + people, "one"));
        edu(fake, type, message(mallory.value(), "1-" + people, "one"));
        edu(fake, type, message(mallory.value(), "2-" + people, "two"));
        List<String> bodies = new ArrayList<>();
        Synced[] last = {Synced.initial(alice)};
        bodies.addAll(last[0].messageBodies());
        Waiting.untilTrue(() -> {
            if (!bodies.contains("two")) {
                last[0] = last[0].next(alice, "timeout=1000");
                bodies.addAll(last[0].messageBodies());
            }
            return bodies.contains("two");
        });
        assertThat(bodies).containsExactly("one", "two");
    }
}
