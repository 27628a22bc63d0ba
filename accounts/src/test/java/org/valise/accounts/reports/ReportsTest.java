package org.valise.accounts.reports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.ArrayList;
import java.util.List;

class ReportsTest {
    private static final String LIST = "/_valise/admin/v1/reports";
    private static AccountsServer server;
    private static User admin;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
        server.accounts().registration().create("root", AccountsServer.PASSWORD, true);
        admin = server.login("root", null);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String report(User reporter, String user, String reason) {
        return server.post(
                        reporter,
                        "/_matrix/client/v3/users/" + user + "/report",
                        JsonObject.of("reason", reason))
                .refusal();
    }

    private static List<JsonObject> listed(String query) {
        var all = new ArrayList<JsonObject>();
        JsonObject answer = server.get(admin, LIST + query).ok();
        for (JsonValue report : answer.array("reports").orElseThrow().values()) {
            all.add((JsonObject) report);
        }
        return all;
    }

    @Test
    void reachAdministratorsTheNewestFirst() {
        User alice = server.register("alice");
        User bob = server.register("bob");
        User carol = server.register("carol");
        assertThat(report(alice, bob.id(), "rude")).isEqualTo("200 none");
        assertThat(report(carol, bob.id(), "")).isEqualTo("200 none");
        assertThat(report(alice, bob.id(), "still rude")).isEqualTo("200 none");

        List<JsonObject> mine =
                listed("").stream()
                        .filter(report -> report.string("user_id").orElse("").equals(bob.id()))
                        .toList();
        assertThat(mine.stream().map(report -> report.string("reason").orElseThrow()))
                .containsExactly("still rude", "");
        JsonObject newest = mine.getFirst();
        assertThat(newest.string("kind")).contains("user");
        assertThat(newest.string("reporter")).contains(alice.id());
        assertThat(newest.integer("reported_ts")).isPresent();

        JsonObject page = server.get(admin, LIST + "?limit=1").ok();
        long next = page.integer("next").orElseThrow();
        List<JsonObject> rest = listed("?from=" + next);
        assertThat(rest).doesNotContain(newest).isNotEmpty();
    }

    @Test
    void sayNothingAboutWhoExistsAndKeepNothingOfNobody() {
        User dan = server.register("dan");
        assertThat(report(dan, "@nobody:example.org", "x")).isEqualTo("200 none");
        assertThat(report(dan, "@nobody:elsewhere.org", "x")).isEqualTo("200 none");
        assertThat(listed(""))
                .noneMatch(
                        found -> found.string("reporter").equals(java.util.Optional.of(dan.id())));
    }

    @Test
    void haveAReasonOfBoundedLength() {
        User eve = server.register("eve");
        String path = "/_matrix/client/v3/users/" + eve.id() + "/report";
        assertThat(server.post(eve, path, JsonObject.of()).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(report(eve, eve.id(), "x".repeat(4_001))).isEqualTo("400 M_TOO_LARGE");
        assertThat(report(eve, "junk", "x")).isEqualTo("400 M_INVALID_PARAM");
    }

    @Test
    void areForAdministratorsOnly() {
        User frank = server.register("frank");
        assertThat(server.get(frank, LIST).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(server.get(null, LIST).refusal()).isEqualTo("401 M_MISSING_TOKEN");
    }
}
