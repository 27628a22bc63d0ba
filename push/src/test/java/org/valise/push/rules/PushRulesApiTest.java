package org.valise.push.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.valise.platform.http.Caller;
import org.valise.platform.http.HttpConfig;
import org.valise.platform.http.HttpPorts;
import org.valise.platform.http.HttpServer;
import org.valise.platform.http.RateLimits;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.DefaultRules;
import org.valise.protocol.pushrules.PushRuleSet;
import org.valise.testing.TestDatabase;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The push rules API over HTTP.
@TestInstance(Lifecycle.PER_CLASS)
final class PushRulesApiTest {
    private static final UserId ALICE = UserId.parse("@alice:example.org");
    private static final String NOTIFY = "{\"actions\": [\"notify\"]}";

    private final TestDatabase test =
            TestDatabase.create(
                    List.of("org/valise/platform/migration", "org/valise/push/migration"));
    private final Stream stream = new Stream(test.database());
    private final OrderedCommits commits = new OrderedCommits(test.database(), stream);
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;
    private int token;

    private record Answer(int status, JsonObject json) {
        String errcode() {
            return json.string("errcode").orElse("");
        }
    }

    @BeforeAll
    void start() {
        PushRules rules = new PushRules(test.database(), commits, DefaultRules.SPECIFIED);
        stream.follow(rules);
        stream.read(rules);
        stream.start();
        commits.start();
        server =
                new HttpServer(
                                HttpConfig.onFreePort(),
                                PushRuleEndpoints.of(rules),
                                HttpPorts.of(
                                        text ->
                                                new Caller(
                                                        ALICE,
                                                        Long.parseLong(text),
                                                        "DEVICE",
                                                        1,
                                                        false,
                                                        false),
                                        RateLimits.none()))
                        .start();
    }

    @AfterAll
    void stop() {
        server.close();
        commits.close();
        test.close();
    }

    /// Each test has a user of its own, as far as the rules are concerned.
    @BeforeEach
    void another() {
        token++;
    }

    private Answer call(String method, String path, String body) {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://localhost:"
                                                + server.port()
                                                + "/_matrix/client/v3/pushrules/"
                                                + path))
                        .header("Authorization", "Bearer " + token)
                        .method(method, BodyPublishers.ofString(body))
                        .build();
        try {
            HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), Json.parseObject(response.body()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Answer get(String path) {
        return call("GET", path, "");
    }

    private void put(String path, String body) {
        Answer answer = call("PUT", path, body);
        assertThat(answer).isEqualTo(new Answer(200, JsonObject.of()));
    }

    private List<String> rooms() {
        return get("global/").json().array("room").orElseThrow().objects().stream()
                .map(rule -> rule.string("rule_id").orElseThrow())
                .toList();
    }

    private static String raw(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void givesAllRules() {
        assertThat(get("")).isEqualTo(new Answer(200, PushRuleSet.defaults(ALICE).content()));
        assertThat(get("global/")).isEqualTo(new Answer(200, PushRuleSet.defaults(ALICE).json()));
    }

    @Test
    void addsReadsAndDeletesARule() {
        put("global/content/nocake", "{\"pattern\": \"cake*lie\", \"actions\": [\"notify\"]}");
        assertThat(get("global/content/nocake").json())
                .isEqualTo(
                        Json.parseObject(
                                """
                                {"rule_id": "nocake", "default": false, "enabled": true, "pattern": "cake*lie",
                                 "actions": ["notify"]}
                                """));
        assertThat(call("DELETE", "global/content/nocake", ""))
                .isEqualTo(new Answer(200, JsonObject.of()));
        assertThat(get("global/content/nocake").errcode()).isEqualTo("M_NOT_FOUND");
        assertThat(get("global/content/nocake").status()).isEqualTo(404);
    }

    @Test
    void ordersRules() {
        put("global/room/" + raw("#a:x"), NOTIFY);
        put("global/room/" + raw("#b:x"), NOTIFY);
        assertThat(rooms()).containsExactly("#b:x", "#a:x");
        put("global/room/" + raw("#c:x") + "?before=" + raw("#a:x"), NOTIFY);
        put("global/room/" + raw("#d:x") + "?after=" + raw("#a:x"), NOTIFY);
        assertThat(rooms()).containsExactly("#b:x", "#c:x", "#a:x", "#d:x");
        Answer missing = call("PUT", "global/room/" + raw("#e:x") + "?before=nope", NOTIFY);
        assertThat(missing.status()).isEqualTo(400);
        assertThat(missing.errcode()).isEqualTo("M_UNKNOWN");
    }

    @Test
    void switchesRules() {
        assertThat(get("global/override/.m.rule.master/enabled").json())
                .isEqualTo(JsonObject.of("enabled", false));
        put("global/override/.m.rule.master/enabled", "{\"enabled\": true}");
        assertThat(get("global/override/.m.rule.master/enabled").json())
                .isEqualTo(JsonObject.of("enabled", true));
        assertThat(
                        call(
                                        "PUT",
                                        "global/override/.not.a.default.rule/enabled",
                                        "{\"enabled\": true}")
                                .status())
                .isEqualTo(404);
        assertThat(
                        call(
                                        "PUT",
                                        "global/override/.m.rule.master/enabled",
                                        "{\"enabled\": \"yes\"}")
                                .status())
                .isEqualTo(400);
    }

    @Test
    void setsActions() {
        String path = "global/underride/.m.rule.message/actions";
        assertThat(get(path).json()).isEqualTo(Json.parseObject(NOTIFY));
        put(path, "{\"actions\": [\"dont_notify\"]}");
        assertThat(get(path).json())
                .isEqualTo(Json.parseObject("{\"actions\": [\"dont_notify\"]}"));
        assertThat(call("PUT", path, "{\"actions\": [\"not_an_action\"]}").errcode())
                .isEqualTo("M_INVALID_PARAM");
        assertThat(call("PUT", path, "{}").status()).isEqualTo(400);
        assertThat(call("PUT", "global/room/none/actions", NOTIFY).status()).isEqualTo(404);
    }

    /// What the field's conformance suites want refused.
    @Test
    void refusesWhatIsWrong() {
        assertThat(call("PUT", "global/not_a_template/foo", "{}").status()).isEqualTo(400);
        assertThat(call("PUT", "global/room/" + raw("#fo\\o:x"), NOTIFY).status()).isEqualTo(400);
        assertThat(call("PUT", "global/room/" + raw("#fo/o:x"), NOTIFY).status()).isEqualTo(400);
        assertThat(call("PUT", "global/override/.mine", NOTIFY).errcode())
                .isEqualTo("M_INVALID_PARAM");
        assertThat(call("PUT", "global/override/my_id", "{}").status()).isEqualTo(400);
        assertThat(call("PUT", "global/override/my_id", "[]").errcode()).isEqualTo("M_BAD_JSON");
        assertThat(call("PUT", "global/override/my_id", "{").errcode()).isEqualTo("M_NOT_JSON");
        assertThat(
                        call(
                                        "PUT",
                                        "global/underride/my_id",
                                        "{\"actions\": [], \"conditions\": [{}]}")
                                .status())
                .isEqualTo(400);
        assertThat(call("PUT", "global/content/my_id", NOTIFY).status()).isEqualTo(400);
        assertThat(call("DELETE", "global/underride/.m.rule.message", "").status()).isEqualTo(400);
        // A kind that only other servers have: there is no such rule.
        assertThat(get("global/postcontent/.io.element.msc4306.rule.subscribed_thread").status())
                .isEqualTo(404);
        assertThat(get("global/override/.m.rule.master/not_an_attribute").errcode())
                .isEqualTo("M_UNRECOGNIZED");
    }
}
