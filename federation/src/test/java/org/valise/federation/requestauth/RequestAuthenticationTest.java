package org.valise.federation.requestauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.federation.keys.Ed25519;
import org.valise.federation.keys.Keys;
import org.valise.federation.keys.ServerKeys;
import org.valise.federation.peers.Peers;
import org.valise.platform.http.SignedRequest;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.ServerPattern;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.RequestSigning;
import org.valise.protocol.signature.XMatrix;
import org.valise.testing.TestDatabase;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

class RequestAuthenticationTest {
    private static final List<String> MIGRATIONS = List.of("org/valise/federation/migration");
    private static final TestDatabase MINE = TestDatabase.create(MIGRATIONS);
    private static final TestDatabase THEIRS = TestDatabase.create(MIGRATIONS);
    private static final ServerName HERE = ServerName.parse("here.example");
    private static final ServerName THERE = ServerName.parse("there.example:8448");
    private static final String URI = "/_matrix/federation/v1/x?y=%2F";
    private static final JsonObject CONTENT = JsonObject.of("a", 1);

    private final Clock clock = Clock.systemUTC();
    private final Ed25519 ed25519 = Ed25519.fastest();
    private final ServerKeys own = ServerKeys.open(MINE.database(), HERE, ed25519, clock);
    private final ServerKeys theirs = ServerKeys.open(THEIRS.database(), THERE, ed25519, clock);
    private final AtomicInteger asked = new AtomicInteger();
    private final List<ServerName> heard = new ArrayList<>();
    private final Peers peers =
            new Peers(
                    MINE.database(),
                    List.of(new ServerPattern("there.example"), new ServerPattern("here.example")));
    private final RequestAuthentication authentication =
            new RequestAuthentication(
                    HERE,
                    new Keys(
                                    MINE.database(),
                                    own,
                                    this::keysOf,
                                    List.of(),
                                    (notary, servers) -> Optional.empty(),
                                    ed25519,
                                    clock)
                            .ring(),
                    peers,
                    ed25519,
                    heard::add);

    @AfterAll
    static void close() {
        MINE.close();
        THEIRS.close();
    }

    private Optional<JsonObject> keysOf(ServerName server) {
        asked.incrementAndGet();
        JsonObject keys =
                JsonObject.of(
                        "server_name",
                        THERE.value(),
                        "verify_keys",
                        JsonObject.of(
                                theirs.keyId().value(),
                                JsonObject.of("key", Base64s.encode(theirs.publicKey()))),
                        "valid_until_ts",
                        clock.instant().plus(Duration.ofHours(2)).toEpochMilli());
        return Optional.of(JsonSigning.sign(keys, theirs));
    }

    private XMatrix signed() {
        return RequestSigning.sign(
                new RequestSigning.Request("PUT", URI, HERE, CONTENT), theirs.inUse());
    }

    private static SignedRequest request(String... headers) {
        return new SignedRequest("PUT", URI, List.of(headers), CONTENT);
    }

    private void refuses(int status, SignedRequest request) {
        assertThatThrownBy(() -> authentication.authenticate(request))
                .isInstanceOfSatisfying(
                        MatrixException.class,
                        refusal -> assertThat(refusal.status()).isEqualTo(status));
    }

    @Test
    void letsInWhoeverSigned() {
        XMatrix signed = signed();
        assertThat(authentication.authenticate(request(signed.header()))).isEqualTo(THERE);
        assertThat(heard).containsExactly(THERE);
        // Servers before v1.3 do not name the destination, but sign it.
        XMatrix old = new XMatrix(THERE, null, signed.key(), signed.signature());
        assertThat(authentication.authenticate(request(old.header()))).isEqualTo(THERE);
        XMatrix otherKey =
                new XMatrix(
                        THERE,
                        "here.example",
                        org.valise.protocol.id.KeyId.ed25519("gone"),
                        signed.signature());
        assertThat(authentication.authenticate(request(otherKey.header(), signed.header())))
                .isEqualTo(THERE);
    }

    @Test
    void refusesAWrongDestinationWithUnauthorized() {
        XMatrix signed = signed();
        for (String destination : List.of("there.example:8448", "HERE.example", "here.example:1")) {
            refuses(
                    401,
                    request(
                            new XMatrix(THERE, destination, signed.key(), signed.signature())
                                    .header()));
        }
    }

    @Test
    void refusesWhatIsNotSigned() {
        refuses(401, request());
        refuses(401, request("Bearer x"));
        refuses(401, request("X-Matrix nonsense"));
        refuses(401, request(signed().header().replace("sig=\"", "sig=\"A")));
        XMatrix forOther =
                RequestSigning.sign(
                        new RequestSigning.Request("PUT", URI, THERE, CONTENT), theirs.inUse());
        refuses(
                401,
                request(new XMatrix(THERE, null, forOther.key(), forOther.signature()).header()));
        refuses(
                401,
                new SignedRequest("PUT", URI, List.of(signed().header()), JsonObject.of("a", 2)));
        refuses(401, new SignedRequest("PUT", URI + "&", List.of(signed().header()), CONTENT));
    }

    @Test
    void refusesSeveralOriginsAndItself() {
        XMatrix mine =
                RequestSigning.sign(
                        new RequestSigning.Request("PUT", URI, HERE, CONTENT), own.inUse());
        refuses(401, request(mine.header()));
        refuses(401, request(signed().header(), mine.header()));
    }

    @Test
    void whoMayNotFederateIsRefusedBeforeAnythingIsAsked() {
        XMatrix signed = signed();
        XMatrix stranger =
                new XMatrix(
                        ServerName.parse("stranger.example"),
                        "here.example",
                        signed.key(),
                        signed.signature());
        refuses(403, request(stranger.header()));
        assertThat(asked).hasValue(0);
    }
}
