package org.valise.federation.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.database.NoticeListener;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.ServerPattern;
import org.valise.testing.TestDatabase;

import java.time.Duration;
import java.util.List;

class PeersTest {
    private static final TestDatabase TEST =
            TestDatabase.create(List.of("org/valise/federation/migration"));
    private static final ServerName CULTURE = ServerName.parse("Matrix.culture.example:8448");

    @BeforeEach
    void empty() {
        TEST.database()
                .run(tx ->
                        tx.update(
                                "TRUNCATE federation.peer_rules, federation.peer_rule_changes"
                                        + " RESTART IDENTITY"));
    }

    @AfterAll
    static void close() {
        TEST.close();
    }

    private static ServerPattern pattern(String glob) {
        return new ServerPattern(glob);
    }

    @Test
    void nobodyFederatesUntilAllowed() {
        Peers peers = new Peers(TEST.database(), List.of());
        assertThat(peers.allows(CULTURE)).isFalse();
        peers.allow(pattern("*.Culture.example"), "@admin:here.example");
        assertThat(peers.allows(CULTURE)).isTrue();
        assertThat(peers.allows(ServerName.parse("culture.example"))).isFalse();
        assertThat(new Peers(TEST.database(), List.of()).allows(CULTURE)).isTrue();
    }

    @Test
    void aDenialGoesBeforeEveryPermission() {
        Peers peers = new Peers(TEST.database(), List.of(pattern("*")));
        assertThat(peers.allows(CULTURE)).isTrue();
        peers.allow(pattern("matrix.culture.example"), "@a:b");
        peers.deny(pattern("*.example"), "@a:b");
        assertThat(peers.allows(CULTURE)).isFalse();
        assertThatThrownBy(() -> peers.requireAllowed(CULTURE))
                .isInstanceOfSatisfying(
                        MatrixException.class,
                        refusal -> assertThat(refusal.status()).isEqualTo(403))
                .hasMessageContaining("does not federate with Matrix.culture.example:8448");
        assertThat(peers.forget(pattern("*.example"), "@a:b")).isTrue();
        assertThat(peers.forget(pattern("*.example"), "@a:b")).isFalse();
        assertThat(peers.allows(CULTURE)).isTrue();
    }

    @Test
    void everyChangeIsRecorded() {
        Peers peers = new Peers(TEST.database(), List.of());
        peers.allow(pattern("a.example"), "@one:here");
        peers.deny(pattern("a.example"), "@two:here");
        peers.forget(pattern("a.example"), "@three:here");
        peers.forget(pattern("a.example"), "@four:here");
        List<String> changes =
                TEST.database()
                        .read(tx ->
                                tx.query(
                                        """
                                        SELECT concat_ws(' ', changed_by, pattern, coalesce(was::text, '-'), coalesce(becomes::text, '-'))
                                        FROM federation.peer_rule_changes ORDER BY number
                                        """,
                                        row -> row.getString(1)));
        assertThat(changes)
                .containsExactly(
                        "@one:here a.example - true",
                        "@two:here a.example true false",
                        "@three:here a.example false -");
    }

    @Test
    void aChangeReachesOtherNodesAtOnce() throws Exception {
        Peers one = new Peers(TEST.database(), List.of());
        Peers other = new Peers(TEST.database(), List.of());
        try (var listener =
                new NoticeListener(
                                TEST.database(),
                                "valise_federation",
                                Duration.ofMinutes(5),
                                other::reload)
                        .start()) {
            one.allow(pattern("*.example"), "@a:b");
            for (long end = System.nanoTime() + 20_000_000_000L;
                    !other.allows(CULTURE) && System.nanoTime() < end; ) {
                Thread.sleep(5);
            }
            assertThat(other.allows(CULTURE)).isTrue();
            assertThat(listener).isNotNull();
        }
    }
}
