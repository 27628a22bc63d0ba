package org.valise.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.Route;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Whatever is sent to whatever route: the answer is a refusal or a success, never a fault of the
/// server.
class MalformedRequestsTest {
    private static final List<String> SEGMENTS =
            List.of(
                    "",
                    "%00",
                    "%F0%9F%92%AC",
                    "%2F",
                    "..",
                    "@a:b",
                    "@alice:example.org",
                    "!r:example.org",
                    "a%20b",
                    "%C3%28",
                    "m.push_rules",
                    "displayname",
                    "org.example",
                    "0",
                    "-1",
                    "x".repeat(300),
                    "%ED%A0%80");
    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "1",
                    "-1",
                    "1e400",
                    "9223372036854775808",
                    "\"\"",
                    "\"\\u0000\"",
                    "\"x\"",
                    "\"m.login.password\"",
                    "\"m.login.dummy\"",
                    "\"m.login.registration_token\"",
                    "[]",
                    "[1]",
                    "[\"\\u0000\"]",
                    "{}",
                    "{\"type\":\"m.login.dummy\"}",
                    "{\"type\":\"m.login.password\",\"user\":\"\\u0000\",\"password\":\"\"}",
                    "{\"type\":\"m.id.user\",\"user\":\"@\\u0000:x\"}",
                    "{\"session\":\"\\u0000\",\"type\":\"\\u0000\"}");
    private static final List<String> FIELDS =
            List.of(
                    "type",
                    "user",
                    "identifier",
                    "password",
                    "new_password",
                    "device_id",
                    "auth",
                    "username",
                    "devices",
                    "display_name",
                    "displayname",
                    "initial_device_display_name",
                    "erase",
                    "logout_devices",
                    "room",
                    "event_fields",
                    "inhibit_login",
                    "refresh_token",
                    "token",
                    "org.example");

    @Test
    void areNeverAFaultOfTheServer() {
        try (var server = AccountsServer.start()) {
            User alice = server.register("alice");
            var random = new Random(4);
            List<String> faults = new ArrayList<>();
            for (Endpoint endpoint : server.accounts().endpoints()) {
                Route route = endpoint.route();
                for (int round = 0; round < 60; round++) {
                    User user = mayEndSessions(route) || random.nextInt(4) == 0 ? null : alice;
                    String path = path(route.template(), random);
                    String body = body(random);
                    Answer answer = send(server, route, user, path, body);
                    if (answer.status() >= 500) {
                        faults.add(
                                answer.status() + " " + route.method() + " " + path + " " + body);
                    }
                }
            }
            assertThat(faults).isEmpty();
            assertThat(server.get(alice, "/_matrix/client/v3/account/whoami").status())
                    .isEqualTo(200);
        }
    }

    private static Answer send(
            AccountsServer server, Route route, @Nullable User user, String path, String body) {
        try {
            return server.send(route.method().name(), user, path, body);
        } catch (UncheckedIOException e) {
            // After a path that is none at all the connection is closed, and the client may not
            // have noticed yet.
            return server.send(route.method().name(), user, path, body);
        }
    }

    private static boolean mayEndSessions(Route route) {
        return route.operation().startsWith("logout");
    }

    private static String path(String template, Random random) {
        var path = new StringBuilder();
        for (String segment : template.substring(1).split("/")) {
            path.append('/').append(segment.startsWith("{") ? pick(SEGMENTS, random) : segment);
        }
        if (random.nextBoolean()) {
            path.append("?")
                    .append(
                            List.of(
                                            "kind=guest",
                                            "kind=%00",
                                            "username=%00",
                                            "username=",
                                            "token=%00",
                                            "a=%C3",
                                            "=")
                                    .get(random.nextInt(7)));
        }
        return path.toString();
    }

    private static String body(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "nonsense";
            case 2 -> "[]";
            case 3 -> "{\"a\":\"\\ud800\"}";
            default -> {
                var fields = new ArrayList<String>();
                for (String field : FIELDS) {
                    if (random.nextInt(3) == 0) {
                        fields.add("\"" + field + "\":" + pick(VALUES, random));
                    }
                }
                yield "{" + String.join(",", fields) + "}";
            }
        };
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
