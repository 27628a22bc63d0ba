package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Paths hold Matrix ids, aliases and state keys, in which Jetty by itself sees an attack on files.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PathsTest {
    private TestServer server;

    @BeforeAll
    void start() {
        server =
                TestServer.with(
                        TestEndpoint.echo("/a/{name}"),
                        TestEndpoint.echo("/a/{name}/rest"),
                        new TestEndpoint(
                                Route.get("/state/{type}/{name}")
                                        .extension("state")
                                        .auth(Auth.NONE)
                                        .limit(RateLimit.PUBLIC)
                                        .alsoAt("/state/{type}"),
                                call -> Reply.text(call.path("type") + "|" + call.path("name"))));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "%2F, /",
        "%25, %",
        "a%2Fb, a/b",
        "%2e%2e, ..",
        "%2E, .",
        "%5C, \\",
        "%3B, ;",
        "a;b=c, a;b=c",
        "a+b, a+b",
        "%23room:example.org, #room:example.org",
        "!opaque:example.org, !opaque:example.org",
        "!opaque%3Aexample.org%3A8448, !opaque:example.org:8448",
        "%40alice%3Aexample.org, @alice:example.org",
        "@alice:example.org, @alice:example.org",
        "$abc_-d, $abc_-d",
        "%C3%A9%F0%9F%9A%80, é🚀",
        "%25%32%46, %2F",
        "a%26b%3Dc, a&b=c"
    })
    void decodesASegmentAsItIsMeant(String raw, String decoded) throws Exception {
        // Over a raw connection: clients in Java clean paths up.
        try (RawConnection connection = RawConnection.to(server)) {
            var answer = connection.send("GET /a/" + raw + " HTTP/1.1\r\nHost: x\r\n\r\n").read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body())
                    .isEqualTo("{\"name\":\"" + decoded.replace("\\", "\\\\") + "\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%0A", "%7F", "a%0Ab", "%1b"})
    void passesControlCharactersOn(String raw) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            var answer =
                    connection.send("GET /a/" + raw + "/rest HTTP/1.1\r\nHost: x\r\n\r\n").read();
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%00",
                "%FF",
                "%zz",
                "%",
                "%4",
                "%C3",
                "%c3%28",
                "%ED%A0%80",
                "%u0041",
                "%C0%AF",
                "%F4%90%80%80"
            })
    void refusesWhatIsNotPercentEncodedUtf8(String raw) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            var answer = connection.send("GET /a/" + raw + " HTTP/1.1\r\nHost: x\r\n\r\n").read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("\"errcode\":\"M_");
            assertThat(answer.headers()).containsEntry("access-control-allow-origin", "*");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a/../a/x",
                "/a/./x",
                "//a/x",
                "/a//rest",
                "/b/%2e%2e/a/x",
                "/a/x/",
                "/A/x",
                "/%61/x/y"
            })
    void neitherFoldsNorGuessesPaths(String raw) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            var answer = connection.send("GET " + raw + " HTTP/1.1\r\nHost: x\r\n\r\n").read();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.body()).contains("M_UNRECOGNIZED");
        }
    }

    @Test
    void readsAnEmptyStateKeyWithAndWithoutItsSlash() {
        assertThat(new String(server.get("/state/m.room.name/").bytes())).isEqualTo("m.room.name|");
        assertThat(new String(server.get("/state/m.room.name").bytes())).isEqualTo("m.room.name|");
        assertThat(new String(server.get("/state/m.room.member/@a:b").bytes()))
                .isEqualTo("m.room.member|@a:b");
    }
}
