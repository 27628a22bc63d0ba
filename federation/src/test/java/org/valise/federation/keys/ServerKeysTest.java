package org.valise.federation.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.id.ServerName;
import org.valise.testing.TestDatabase;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

class ServerKeysTest {
    private static final TestDatabase TEST =
            TestDatabase.create(List.of("org/valise/federation/migration"));
    private static final ServerName HERE = ServerName.parse("valise.example");
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final Ed25519 ed25519 = Ed25519.fastest();

    @BeforeEach
    void empty() {
        TEST.database().run(tx -> tx.update("TRUNCATE federation.signing_keys"));
    }

    @AfterAll
    static void close() {
        TEST.close();
    }

    @Test
    void makesAKeyAtFirstStartAndKeepsIt() {
        var first = open(HERE);
        var again = open(HERE);
        byte[] message = {1, 2, 3};
        assertThat(again.keyId()).isEqualTo(first.keyId());
        assertThat(again.publicKey()).isEqualTo(first.publicKey());
        assertThat(ed25519.verify(first.publicKey(), message, again.sign(message))).isTrue();
        assertThat(first.keyId().value()).matches("ed25519:[a-zA-Z0-9_]+");
        assertThat(first.expired()).isEmpty();
    }

    @Test
    void nodesThatStartAtOnceAgreeOnOneKey() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<String> start = () -> open(HERE).keyId().value();
            var ids = new HashSet<String>();
            for (var id : threads.invokeAll(IntStream.range(0, 8).mapToObj(_ -> start).toList())) {
                ids.add(id.get());
            }
            assertThat(ids).hasSize(1);
        }
    }

    @Test
    void refusesADatabaseOfAnotherServer() {
        open(HERE);
        assertThatThrownBy(() -> open(ServerName.parse("other.example")))
                .isInstanceOf(ForeignDatabase.class)
                .hasMessageContaining("valise.example")
                .hasMessageContaining("other.example");
    }

    @Test
    void keepsAnExpiredKeyWithoutItsPrivatePart() {
        var keys = open(HERE);
        var oldId = keys.keyId();
        byte[] oldPublicKey = keys.publicKey();
        keys.rotate();
        assertThat(keys.keyId()).isNotEqualTo(oldId);
        assertThat(open(HERE).keyId()).isEqualTo(keys.keyId());
        assertThat(keys.expired())
                .singleElement()
                .satisfies(expired -> {
                    assertThat(expired.keyId()).isEqualTo(oldId);
                    assertThat(expired.publicKey()).isEqualTo(oldPublicKey);
                    assertThat(expired.expiredAt()).isEqualTo(NOW);
                });
        assertThat(
                        TEST.database()
                                .<Long>read(tx ->
                                        tx.only(
                                                "SELECT count(private_key) FROM"
                                                        + " federation.signing_keys",
                                                row -> row.getLong(1))))
                .isEqualTo(1);
    }

    private ServerKeys open(ServerName name) {
        return ServerKeys.open(TEST.database(), name, ed25519, Clock.fixed(NOW, ZoneOffset.UTC));
    }
}
