package org.valise.accounts.accountdata;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class AccountDataTest {
    private static final String ROOM = "!room:example.org";
    private static final JsonObject ONE = JsonObject.of("n", 1, "text", "a\u0000b 💬");
    private static AccountsServer server;
    private static AccountData data;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
        data = server.accounts().accountData();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String global(User user, String type) {
        return "/_matrix/client/v3/user/" + user.id() + "/account_data/" + type;
    }

    private static String inRoom(User user, String type) {
        return "/_matrix/client/v3/user/" + user.id() + "/rooms/" + ROOM + "/account_data/" + type;
    }

    private static long number(User user) {
        return server.accounts().userNumbers().number(UserId.parse(user.id()));
    }

    @Test
    void keepsGlobalDataAndThatOfARoomApart() {
        User alice = server.register("alice");
        JsonObject two = JsonObject.of("n", 2);
        assertThat(server.put(alice, global(alice, "org.example"), ONE).ok().isEmpty()).isTrue();
        server.put(alice, inRoom(alice, "org.example"), two).ok();
        assertThat(server.get(alice, global(alice, "org.example")).ok()).isEqualTo(ONE);
        assertThat(server.get(alice, inRoom(alice, "org.example")).ok()).isEqualTo(two);
        server.put(alice, global(alice, "org.example"), JsonObject.of()).ok();
        assertThat(server.get(alice, global(alice, "org.example")).ok()).isEqualTo(JsonObject.of());
        assertThat(server.get(alice, inRoom(alice, "org.other")).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(server.get(alice, global(alice, "org.other")).refusal())
                .isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void isForItsUserOnly() {
        User alice = server.register("private");
        User bob = server.register("curious");
        server.put(alice, global(alice, "org.example"), ONE).ok();
        assertThat(server.get(bob, global(alice, "org.example")).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(server.put(bob, global(alice, "org.example"), ONE).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(server.get(bob, inRoom(alice, "org.example")).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(server.put(null, global(alice, "org.example"), ONE).refusal())
                .isEqualTo("401 M_MISSING_TOKEN");
    }

    @Test
    void leavesToTheServerWhatTheServerManages() {
        User alice = server.register("managed");
        for (String type : List.of("m.push_rules", "m.fully_read")) {
            assertThat(server.put(alice, global(alice, type), ONE).refusal())
                    .isEqualTo("405 M_BAD_JSON");
            assertThat(server.put(alice, inRoom(alice, type), ONE).refusal())
                    .isEqualTo("405 M_BAD_JSON");
            data.put(number(alice), null, type, ONE);
            assertThat(server.get(alice, global(alice, type)).ok()).isEqualTo(ONE);
        }
    }

    @Test
    void refusesWhatIsNoAccountData() {
        User alice = server.register("sloppy");
        String path = global(alice, "org.example");
        assertThat(server.send("PUT", alice, path, "nonsense").refusal())
                .isEqualTo("400 M_NOT_JSON");
        assertThat(server.send("PUT", alice, path, "[1]").refusal()).isEqualTo("400 M_BAD_JSON");
        assertThat(server.send("PUT", alice, path, "").refusal()).isEqualTo("400 M_NOT_JSON");
        assertThat(server.put(alice, global(alice, "x".repeat(256)), ONE).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        String noRoom =
                "/_matrix/client/v3/user/"
                        + alice.id()
                        + "/rooms/@notaroom:x/account_data/org.example";
        assertThat(server.put(alice, noRoom, ONE).refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(server.get(alice, noRoom).refusal()).isEqualTo("400 M_INVALID_PARAM");
    }

    @Test
    void isDeletedButTheDeletionIsSeen() {
        User alice = server.register("deleter");
        long user = number(alice);
        server.put(alice, global(alice, "org.example"), ONE).ok();
        server.put(alice, inRoom(alice, "org.example"), ONE).ok();
        long position = data.changedAfter(user, 0).getLast().position();
        String unstable = "/_matrix/client/unstable/org.matrix.msc3391/user/" + alice.id();
        server.delete(alice, unstable + "/account_data/org.example", null).ok();
        server.delete(alice, unstable + "/rooms/" + ROOM + "/account_data/org.example", null).ok();
        assertThat(server.get(alice, global(alice, "org.example")).status()).isEqualTo(404);
        assertThat(server.get(alice, inRoom(alice, "org.example")).status()).isEqualTo(404);
        assertThat(data.all(user)).isEmpty();
        assertThat(data.changedAfter(user, position))
                .extracting(AccountDataEntry::room, AccountDataEntry::content)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(null, "{}"),
                        org.assertj.core.api.Assertions.tuple(RoomId.parse(ROOM), "{}"));
        server.put(alice, global(alice, "org.example"), ONE).ok();
        assertThat(data.all(user)).hasSize(1);
    }

    @Test
    void givesEveryWriteALaterPosition() {
        User alice = server.register("writer");
        long user = number(alice);
        long last = 0;
        for (int i = 0; i < 5; i++) {
            data.put(user, null, "org.example", JsonObject.of("i", i));
            List<AccountDataEntry> changed = data.changedAfter(user, last);
            assertThat(changed).hasSize(1);
            assertThat(changed.getFirst().position()).isGreaterThan(last);
            last = changed.getFirst().position();
        }
        assertThat(data.changedAfter(user, last)).isEmpty();
    }

    @Test
    void losesNoUpdateWhateverComesAtOnce() throws Exception {
        User alice = server.register("counter");
        long user = number(alice);
        List<Callable<JsonObject>> updates = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String key = "k" + i;
            updates.add(() -> data.update(user, null, "org.example", was -> was.with(key, true)));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<JsonObject> update : threads.invokeAll(updates)) {
                update.get();
            }
        }
        assertThat(data.find(user, null, "org.example").orElseThrow().size()).isEqualTo(12);
    }

    @Test
    void takesTheLastOfManyWritesAtOnce() throws Exception {
        User alice = server.register("hasty");
        long user = number(alice);
        List<Callable<Boolean>> writes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int n = i;
            writes.add(() -> {
                data.put(user, null, "org.example", JsonObject.of("n", n));
                return true;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> write : threads.invokeAll(writes)) {
                assertThat(write.get()).isTrue();
            }
        }
        assertThat(data.all(user)).hasSize(1);
    }

    @Test
    void tagsRooms() {
        User alice = server.register("tagger");
        User bob = server.register("othertagger");
        String tags = "/_matrix/client/v3/user/" + alice.id() + "/rooms/" + ROOM + "/tags";
        assertThat(server.get(alice, tags).ok()).isEqualTo(JsonObject.of("tags", JsonObject.of()));
        server.put(alice, tags + "/m.favourite", JsonObject.of("order", 0.25)).ok();
        server.put(alice, tags + "/u.work", JsonObject.of()).ok();
        JsonObject both =
                JsonObject.of(
                        "tags",
                        JsonObject.of(
                                "m.favourite",
                                JsonObject.of("order", 0.25),
                                "u.work",
                                JsonObject.of()));
        assertThat(server.get(alice, tags).ok()).isEqualTo(both);
        assertThat(server.get(alice, inRoom(alice, "m.tag")).ok()).isEqualTo(both);
        server.delete(alice, tags + "/m.favourite", null).ok();
        server.delete(alice, tags + "/m.favourite", null).ok();
        assertThat(server.get(alice, tags).ok())
                .isEqualTo(JsonObject.of("tags", JsonObject.of("u.work", JsonObject.of())));
        assertThat(server.get(bob, tags).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(server.put(alice, tags + "/" + "x".repeat(256), JsonObject.of()).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(server.put(alice, tags + "/u.x", JsonObject.of("order", "first")).refusal())
                .isEqualTo("400 M_BAD_JSON");
    }

    /// SECURITY: what a user writes is read as a whole by every first sync.
    @Test
    void refusesMoreThanAnAccountMayKeep() {
        try (AccountsServer small =
                AccountsServer.start(options ->
                        options.withConfig(
                                config -> config.withAccountData(new AccountDataLimits(3, 200))))) {
            User alice = small.register("alice");
            JsonObject large = JsonObject.of("text", "x".repeat(60));
            for (int i = 0; i < 10; i++) {
                small.put(alice, global(alice, "org.same"), large).ok();
            }
            small.put(alice, inRoom(alice, "org.same"), large).ok();
            // The third would make it more bytes than there may be.
            assertThat(small.put(alice, global(alice, "org.third"), large).refusal())
                    .isEqualTo("413 M_TOO_LARGE");
            assertThat(small.get(alice, global(alice, "org.third")).refusal())
                    .isEqualTo("404 M_NOT_FOUND");
            small.put(alice, global(alice, "org.third"), JsonObject.of()).ok();
            // The fourth would be one too many.
            assertThat(small.put(alice, global(alice, "org.fourth"), JsonObject.of()).refusal())
                    .isEqualTo("413 M_TOO_LARGE");
            String tag =
                    "/_matrix/client/v3/user/"
                            + alice.id()
                            + "/rooms/"
                            + ROOM
                            + "/tags/m.favourite";
            assertThat(small.put(alice, tag, JsonObject.of()).refusal())
                    .isEqualTo("413 M_TOO_LARGE");
            small.put(alice, global(alice, "org.same"), JsonObject.of("n", 3)).ok();
            User bob = small.register("bob");
            small.put(bob, global(bob, "org.fourth"), large).ok();
        }
    }
}
