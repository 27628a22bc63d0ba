package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.id.ServerPattern;
import org.valise.protocol.json.JsonObject;

import java.nio.file.Path;
import java.util.Map;

/// Two servers of two organizations over real TLS, with a certificate authority of their own.
class FederationTest {
    private static final String PROFILE = "/_matrix/client/v3/profile/@bob:two.test";

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestServer two;
    private static TestClient alice;
    private static TestClient bob;

    @BeforeAll
    static void start() {
        federation =
                TestFederation.in(folder)
                        .server("one")
                        .server("two", Map.of("federation.delegated_to", "matrix.two.test:443"))
                        .alias("three", "two")
                        .start();
        two = federation.server("two");
        alice = federation.register("one", "alice");
        bob = federation.register("two", "bob");
        bob.send(
                "PUT",
                "/_matrix/client/v3/profile/" + bob.userId() + "/displayname",
                JsonObject.of("displayname", "Bob"));
    }

    @AfterAll
    static void stop() {
        federation.close();
    }

    @Test
    void showsTheProfilesOfAnotherServersUsers() {
        assertThat(alice.get(PROFILE).json()).isEqualTo(JsonObject.of("displayname", "Bob"));
        assertThat(alice.get("/_matrix/client/v3/profile/@nobody:two.test").status())
                .isEqualTo(404);
    }

    @Test
    void believesNoServerThatCannotProveItsName() {
        assertThat(alice.get("/_matrix/client/v3/profile/@bob:three.test").status()).isEqualTo(404);
        JsonObject keys = alice.get("/_matrix/key/v2/query/three.test").json();
        assertThat(keys.array("server_keys").orElseThrow().size()).isZero();
    }

    @Test
    void whoIsDeniedIsRefusedInAndOutUntilAllowedAgain() {
        ServerPattern pattern = new ServerPattern("one.test");
        assertThat(alice.get(PROFILE).status()).isEqualTo(200);
        two.peers().deny(pattern, "@admin:two.test");
        assertThat(alice.get(PROFILE).status()).isEqualTo(404);
        assertThat(bob.get("/_matrix/client/v3/profile/" + alice.userId()).status()).isEqualTo(404);
        two.peers().forget(pattern, "@admin:two.test");
        assertThat(alice.get(PROFILE).status()).isEqualTo(200);
        assertThat(bob.get("/_matrix/client/v3/profile/" + alice.userId()).status()).isEqualTo(200);
    }

    @Test
    void vouchesForTheKeysOfAnotherServer() {
        JsonObject answer = alice.get("/_matrix/key/v2/query/two.test").json();
        JsonObject asked =
                alice.post(
                        "/_matrix/key/v2/query",
                        JsonObject.of("server_keys", JsonObject.of("two.test", JsonObject.of())));
        JsonObject own = bob.get("/_matrix/key/v2/server").json();
        for (JsonObject each : new JsonObject[] {answer, asked}) {
            JsonObject keys =
                    (JsonObject) each.array("server_keys").orElseThrow().iterator().next();
            assertThat(keys.string("server_name")).contains("two.test");
            assertThat(keys.get("verify_keys")).isEqualTo(own.get("verify_keys"));
            assertThat(keys.object("signatures").orElseThrow().keys())
                    .containsExactlyInAnyOrder("one.test", "two.test");
        }
    }

    @Test
    void refusesRequestsWithoutASignature() {
        for (String path :
                new String[] {
                    "/_matrix/federation/v1/query/profile?user_id=" + bob.userId(),
                    "/_matrix/federation/v1/query/directory?room_alias=%23a:two.test",
                    "/_matrix/federation/v1/publicRooms"
                }) {
            TestClient.Answer answer = bob.get(path);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.json().string("errcode")).contains("M_UNAUTHORIZED");
        }
    }

    @Test
    void saysWhatItIsAndWhere() {
        assertThat(
                        bob.get("/_matrix/federation/v1/version")
                                .json()
                                .object("server")
                                .flatMap(server -> server.string("name")))
                .contains("Valise");
        assertThat(bob.get("/.well-known/matrix/server").json())
                .isEqualTo(JsonObject.of("m.server", "matrix.two.test:443"));
        assertThat(alice.get("/.well-known/matrix/server").status()).isEqualTo(404);
    }
}
