package org.valise.accounts.filters;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.List;

class FilterTest {
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String path(User user) {
        return "/_matrix/client/v3/user/" + user.id() + "/filter";
    }

    @Test
    void storesAFilterAndGivesItBack() {
        User alice = server.register("alice");
        JsonObject filter =
                Json.parseObject(
                        "{\"room\":{\"timeline\":{\"limit\":10,\"types\":[\"m.room.message\"]}},\"event_format\":\"client\",\"org.example\":true}");
        String id = server.post(alice, path(alice), filter).ok().string("filter_id").orElseThrow();
        assertThat(id).matches("[0-9]+");
        assertThat(server.get(alice, path(alice) + "/" + id).ok()).isEqualTo(filter);
    }

    @Test
    void givesTheSameFilterTheSameIdWhateverItsOrder() {
        User alice = server.register("twice");
        JsonObject one =
                Json.parseObject("{\"presence\":{\"limit\":1},\"event_format\":\"client\"}");
        JsonObject two =
                Json.parseObject("{\"event_format\":\"client\",\"presence\":{\"limit\":1}}");
        JsonObject three =
                Json.parseObject("{\"event_format\":\"client\",\"presence\":{\"limit\":2}}");
        String id = server.post(alice, path(alice), one).ok().string("filter_id").orElseThrow();
        assertThat(server.post(alice, path(alice), two).ok().string("filter_id")).contains(id);
        assertThat(server.post(alice, path(alice), three).ok().string("filter_id"))
                .isNotEqualTo(java.util.Optional.of(id));
    }

    @Test
    void isForItsUserOnly() {
        User alice = server.register("mine");
        User bob = server.register("yours");
        String id =
                server.post(alice, path(alice), JsonObject.of())
                        .ok()
                        .string("filter_id")
                        .orElseThrow();
        assertThat(server.get(bob, path(alice) + "/" + id).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(server.get(bob, path(bob) + "/" + id).refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(server.post(bob, path(alice), JsonObject.of()).refusal())
                .isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void knowsNoIdsThatItDidNotGive() {
        User alice = server.register("guesser");
        for (String id : List.of("987654321", "x", "-1", "99999999999999999999999", "%7B%7D")) {
            assertThat(server.get(alice, path(alice) + "/" + id).refusal())
                    .isEqualTo("404 M_NOT_FOUND");
        }
    }

    @Test
    void refusesWhatIsNoFilter() {
        User alice = server.register("sloppy");
        for (String filter :
                List.of(
                        "{\"room\":1}",
                        "{\"room\":{\"timeline\":[]}}",
                        "{\"room\":{\"timeline\":{\"limit\":\"10\"}}}",
                        "{\"room\":{\"timeline\":{\"types\":\"m.room.message\"}}}",
                        "{\"event_fields\":[1]}",
                        "{\"org.example\":1.5}",
                        "[]",
                        "nonsense")) {
            assertThat(server.send("POST", alice, path(alice), filter).status())
                    .as(filter)
                    .isEqualTo(400);
        }
    }
}
