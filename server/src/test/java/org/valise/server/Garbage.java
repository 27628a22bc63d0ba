package org.valise.server;

import org.valise.platform.http.Route;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/// Makes requests that are wrong in one or several ways; the same seed makes the same ones.
final class Garbage {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]*)}");

    /// Raw path segments and query values: percent-encoded where they must be.
    private static final List<String> TEXTS =
            List.of(
                    "%20",
                    "%00",
                    "a%00b",
                    "%2F",
                    "..",
                    "%2e%2e",
                    "%F0%9F%98%80",
                    "%ED%A0%80",
                    "%FF%FE",
                    "%22",
                    "%27%3B--",
                    "!",
                    "@",
                    "$",
                    "%23",
                    "@a",
                    "@:",
                    "@a:b:c:d",
                    "!x:localhost%00",
                    "%40ALICE%3Alocalhost",
                    "$x:%5B::1",
                    "null",
                    "true",
                    "-1",
                    "0",
                    "1e999",
                    "99999999999999999999",
                    "9223372036854775807",
                    "-9223372036854775808",
                    "s0",
                    "s99999999999",
                    "s1_2_3_4_5_6_7_8_9",
                    "%7B%7D",
                    "%7B%22room%22%3A7%7D",
                    "%7B",
                    "a".repeat(300),
                    "%C3%A9".repeat(200));

    private static final List<String> JSON_TEXTS =
            List.of(
                    "",
                    "x",
                    "\\u0000",
                    "a\\u0000b",
                    "\\ud83d\\ude00",
                    "@",
                    "@a:b",
                    "@nobody:localhost",
                    "!nowhere:localhost",
                    "#none:localhost",
                    "$none",
                    "m.room.member",
                    "m.room.create",
                    "m.room.power_levels",
                    "m.login.password",
                    "12",
                    "999",
                    "public_chat",
                    "-1",
                    "'; DROP TABLE users; --",
                    "\\\"",
                    "é".repeat(200),
                    "y".repeat(70_000));

    private static final List<String> NUMBERS =
            List.of(
                    "0",
                    "-1",
                    "1",
                    "100",
                    "-0",
                    "1.5",
                    "-0.0",
                    "1e3",
                    "1e999",
                    "9007199254740991",
                    "9007199254740992",
                    "9223372036854775807",
                    "9223372036854775808",
                    "1" + "0".repeat(400));

    private static final List<String> NOT_JSON =
            List.of(
                    "{",
                    "{}}",
                    "{\"a\":1,\"a\":2}",
                    "{\"a\":}",
                    "{'a':1}",
                    "[]",
                    "null",
                    "\"text\"",
                    "7",
                    "NaN",
                    "{\"a\":\"\\ud800\"}",
                    "{\"a\":01}",
                    "{\"a\":\"\t\"}",
                    "\u0000",
                    "{\"a\":" + "[".repeat(5_000),
                    "[".repeat(5_000) + "]".repeat(5_000),
                    "{\"a\":" + "9".repeat(5_000) + "}");

    private static final List<byte[]> NOT_TEXT =
            List.of(
                    new byte[] {(byte) 0xff, (byte) 0xfe, 0, 0},
                    new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'},
                    new byte[] {
                        '{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', ':', '1', '}'
                    },
                    new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, '{', '}'});

    private final Random random;
    private final Map<String, Shape> shapes;
    private final Map<String, String> known;

    /// What the specification gives an operation: names of query parameters and of body keys.
    record Shape(List<String> query, List<String> body) {
        static final Shape NONE = new Shape(List.of(), List.of());
    }

    /// A request that is wrong somewhere.
    ///
    /// @param target raw path and query
    record Request(Route route, String target, byte[] body, String authorization) {}

    /// @param known for parameters of the path, by name: values that exist
    Garbage(long seed, Map<String, Shape> shapes, Map<String, String> known) {
        this.random = new Random(seed);
        this.shapes = shapes;
        this.known = known;
    }

    Request request(Route route, String token) {
        var shape = shapes.getOrDefault(route.operation(), Shape.NONE);
        return new Request(
                route, path(route) + query(shape), body(route, shape), authorization(token));
    }

    private String path(Route route) {
        return PARAMETER
                .matcher(pick(route.templates()))
                .replaceAll(parameter -> {
                    String value = known.get(parameter.group(1));
                    return java.util.regex.Matcher.quoteReplacement(
                            value != null && random.nextInt(3) > 0
                                    ? URLEncoder.encode(value, StandardCharsets.UTF_8)
                                    : pick(TEXTS));
                });
    }

    private String query(Shape shape) {
        var pairs = new ArrayList<String>();
        for (String name : shape.query()) {
            if (random.nextBoolean()) {
                // A valid timeout would make us wait for it.
                pairs.add(
                        name
                                + "="
                                + (name.equals("timeout")
                                        ? pick(List.of("0", "-1", "x", ""))
                                        : pick(TEXTS)));
            }
        }
        if (random.nextInt(8) == 0) {
            pairs.add(
                    pick(
                            List.of(
                                    "user_id=%40a%3Ab",
                                    "=", "&&", "access_token=nonsense", "x%00=y", "ts=1e999")));
        }
        return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
    }

    private String authorization(String token) {
        return switch (random.nextInt(12)) {
            case 0 -> "";
            case 1 ->
                    pick(
                            List.of(
                                    "Bearer nonsense",
                                    "Bearer ",
                                    "Basic YTpi",
                                    "Bearer " + token + "x"));
            default -> "Bearer " + token;
        };
    }

    /// Larger ones are refused before they are read, and then the connection is closed: a client
    /// may not see the answer. That is tested where such requests are refused, in platform.
    private static final int LARGEST_BODY = 200_000;

    private byte[] body(Route route, Shape shape) {
        if (route.method() == Route.Method.GET) {
            return new byte[0];
        }
        return switch (random.nextInt(8)) {
            case 0 -> pick(NOT_JSON).getBytes(StandardCharsets.UTF_8);
            case 1 -> pick(NOT_TEXT);
            case 2 -> new byte[0];
            default -> {
                byte[] object = object(shape.body(), 0).getBytes(StandardCharsets.UTF_8);
                yield object.length > LARGEST_BODY ? new byte[0] : object;
            }
        };
    }

    private String object(List<String> keys, int depth) {
        var members = new ArrayList<String>();
        for (String key : keys) {
            if (random.nextInt(3) > 0) {
                members.add("\"" + key + "\":" + value(keys, depth));
            }
        }
        if (random.nextInt(4) == 0) {
            members.add(
                    "\""
                            + pick(
                                    List.of(
                                            "",
                                            "org.example.key",
                                            "a\\u0000",
                                            "membership",
                                            "__proto__"))
                            + "\":"
                            + value(keys, depth));
        }
        return "{" + String.join(",", members) + "}";
    }

    private String value(List<String> keys, int depth) {
        return switch (random.nextInt(depth > 3 ? 4 : 7)) {
            case 0 -> pick(List.of("null", "true", "false"));
            case 1 -> pick(NUMBERS);
            case 2, 3 -> "\"" + pick(JSON_TEXTS) + "\"";
            case 4 -> "[" + value(keys, depth + 1) + "," + value(keys, depth + 1) + "]";
            case 5 -> object(keys, depth + 1);
            default ->
                    object(
                            List.of(
                                    "type",
                                    "session",
                                    "user",
                                    "state_key",
                                    "content",
                                    "room_version",
                                    "m.relates_to",
                                    "limit",
                                    "not_types",
                                    "users"),
                            depth + 1);
        };
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
