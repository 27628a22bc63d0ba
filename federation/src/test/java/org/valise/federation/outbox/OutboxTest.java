package org.valise.federation.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.valise.federation.Federation;
import org.valise.platform.config.FederationSection;
import org.valise.platform.http.HttpServer;
import org.valise.platform.http.TlsConfig;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.WaitingUnit;
import org.valise.platform.telemetry.Metrics;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.ServerPattern;
import org.valise.protocol.json.JsonObject;
import org.valise.testing.TestAuthority;
import org.valise.testing.TestDatabase;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// The outbox of one server, and another server that takes what it sends, or does not.
@Timeout(120)
class OutboxTest {
    private static final List<String> MIGRATIONS =
            List.of("org/valise/platform/migration", "org/valise/federation/migration");
    private static final ServerName HERE = ServerName.parse("here.example");
    private static final ServerName THERE = ServerName.parse("there.example");

    @TempDir private static Path folder;
    private static FederationSection config;
    private static TlsConfig tlsHere;
    private static TlsConfig tlsThere;
    private final TestDatabase database = TestDatabase.create(MIGRATIONS);
    private final TestDatabase databaseOfPeer = TestDatabase.create(MIGRATIONS);
    private final Stream stream = new Stream(database.database());
    private final OrderedCommits commits = new OrderedCommits(database.database(), stream);
    private final WrittenEvents rooms = new WrittenEvents();
    private TakingPeer peer;
    private Federation federation;
    private Outbox outbox;
    private HttpServer keys;

    @BeforeAll
    static void prepare() throws IOException {
        TestAuthority authority = TestAuthority.in(folder);
        tlsHere = tls(authority.issue("here", "dns:here.example"));
        tlsThere = tls(authority.issue("there", "dns:there.example"));
        config =
                new FederationSection(
                        List.of(new ServerPattern("*.example")),
                        Optional.empty(),
                        Optional.of(authority.certificate()),
                        List.of("127.0.0.1"),
                        Map.of(
                                HERE,
                                ServerName.parse("127.0.0.1:" + tlsHere.port()),
                                THERE,
                                ServerName.parse("127.0.0.1:" + tlsThere.port())),
                        1_000);
    }

    private static TlsConfig tls(TestAuthority.Issued issued) throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return new TlsConfig(
                    "127.0.0.1", free.getLocalPort(), issued.certificates(), issued.key());
        }
    }

    @BeforeEach
    void start() {
        peer = new TakingPeer(databaseOfPeer.database(), THERE, config, tlsThere);
        stream.start();
        commits.start();
        begin();
        peer.start();
        keys = TakingPeer.serve(federation.endpoints(), federation, tlsHere);
    }

    private void begin() {
        federation = new Federation(database.database(), HERE, config, "test", Clock.systemUTC());
        outbox = federation.outbox(rooms);
        outbox.start();
        await(outbox::leads);
    }

    private void restart() {
        federation.close();
        begin();
    }

    @AfterEach
    void stop() {
        federation.close();
        keys.close();
        peer.close();
        commits.close();
        database.close();
        databaseOfPeer.close();
    }

    private static void await(BooleanSupplier condition) {
        try {
            while (!condition.getAsBoolean()) {
                Thread.sleep(5); // bounded by the test's own time limit
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void send(int events) {
        for (int i = 0; i < events; i++) {
            outbox.add(List.of(THERE), rooms.write());
        }
    }

    private void awaitEvents(long upTo) {
        await(() -> peer.events().contains(upTo));
    }

    /// Writes EDUs in one commit.
    private void add(ServerName to, String... texts) {
        new WaitingUnit() {
            @Override
            public int rows() {
                return texts.length;
            }

            @Override
            public void write(CommitBatch batch) {
                int ordinal = batch.position();
                for (String text : texts) {
                    outbox.addTo(batch, ordinal, to, "test", JsonObject.of("text", text));
                }
            }

            @Override
            public List<? extends Change> committed(long base) {
                return List.of();
            }
        }.commit(commits);
    }

    private List<String> rows() {
        return database.database()
                .read(tx ->
                        tx.query(
                                "SELECT server FROM federation.outgoing_edu",
                                row -> row.getString(1)));
    }

    @Test
    void sendsEventsInOrderInOneTransactionAtATime() {
        send(1);
        awaitEvents(1);
        peer.delayMillis(20);
        send(119);
        awaitEvents(120);
        assertThat(peer.events()).doesNotHaveDuplicates().isSorted().hasSize(120);
        assertThat(peer.mostAtOnce()).isEqualTo(1);
        assertThat(peer.sizes()).allMatch(size -> size <= 50);
        assertThat(peer.ids()).doesNotHaveDuplicates();
    }

    @Test
    void whatWasSentDuringAnOutageComesAfterIt() {
        send(1);
        awaitEvents(1);
        peer.stop();
        send(70);
        await(() -> failures() > 0);
        peer.start();
        outbox.isThere(THERE);
        awaitEvents(71);
        // the newest fifty, in order
        assertThat(peer.events().subList(1, 51)).first().isEqualTo(22L);
        send(1);
        awaitEvents(72);
        await(() -> failures() == 0);
    }

    private int failures() {
        return database.database()
                .read(tx ->
                        tx.one(
                                "SELECT failures FROM federation.destination WHERE server = ?",
                                row -> row.getInt(1),
                                THERE.value()))
                .orElse(0);
    }

    @Test
    void metricsTellWhoDoesNotTakeWhatIsSent() {
        Metrics metrics = new Metrics();
        outbox.watch(metrics);
        send(2);
        awaitEvents(2);
        await(() -> value(metrics, "valise_federation_servers_behind") == 0);
        assertThat(value(metrics, "valise_federation_servers")).isEqualTo(1);
        assertThat(value(metrics, "valise_federation_servers_failing")).isZero();
        peer.stop();
        send(1);
        await(() -> value(metrics, "valise_federation_servers_failing") == 1);
        assertThat(value(metrics, "valise_federation_servers_behind")).isEqualTo(1);
        assertThat(value(metrics, "valise_federation_events_sent")).isEqualTo(2);
        assertThat(value(metrics, "valise_federation_transactions_failed")).isPositive();
    }

    private static double value(Metrics metrics, String name) {
        return switch (metrics.registry().scrape(name::equals).get(0)) {
            case GaugeSnapshot gauge -> gauge.getDataPoints().getFirst().getValue();
            case CounterSnapshot counter -> counter.getDataPoints().getFirst().getValue();
            case MetricSnapshot other -> throw new AssertionError(other);
        };
    }

    @Test
    void aRestartGoesOnWhereItWas() {
        peer.stop();
        send(5);
        add(THERE, "a", "b");
        await(() -> failures() > 0);
        federation.close();
        peer.start();
        begin();
        outbox.isThere(THERE);
        awaitEvents(5);
        await(() -> peer.texts().size() == 2);
        assertThat(peer.events()).containsSubsequence(1L, 2L, 3L, 4L, 5L);
        assertThat(peer.texts()).containsExactly("a", "b");
        await(() -> rows().isEmpty());

        restart();
        send(1);
        awaitEvents(6);
        assertThat(new HashSet<>(peer.events())).hasSize(6);
    }

    @Test
    void edusThatMustNotBeLostComeInOrder() {
        Set<String> expected = new LinkedHashSet<>();
        for (int i = 0; i < 30; i++) {
            String[] texts = new String[10];
            for (int j = 0; j < texts.length; j++) {
                texts[j] = i + "." + j;
                expected.add(texts[j]);
            }
            add(THERE, texts);
        }
        await(() -> peer.texts().size() >= 300);
        assertThat(peer.texts()).containsExactlyElementsOf(expected);
        await(() -> rows().isEmpty());
    }

    @Test
    void ofWhatMayBeLostTheNewestIsSent() {
        peer.stop();
        send(1);
        await(() -> failures() > 0);
        for (int i = 0; i < 5; i++) {
            outbox.offer(THERE, "test", "key", JsonObject.of("text", "v" + i));
            outbox.offer(THERE, "test", "key" + i, JsonObject.of("text", "k" + i));
        }
        peer.start();
        outbox.isThere(THERE);
        await(() -> peer.texts().contains("k4"));
        assertThat(peer.texts()).containsExactlyInAnyOrder("k0", "k1", "k2", "k3", "v4", "k4");
    }

    @Test
    void whoMayNotFederateGetsNothingAndNothingIsKeptForIt() {
        federation.peers().deny(new ServerPattern("there.example"), "@admin:here.example");
        send(3);
        add(THERE, "secret");
        outbox.offer(THERE, "test", "key", JsonObject.of("text", "volatile"));
        assertThat(rows()).isEmpty();
        assertThat(outbox.knowsAnybody()).isFalse();

        federation.peers().forget(new ServerPattern("there.example"), "@admin:here.example");
        send(1);
        awaitEvents(4);
        assertThat(peer.events()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(peer.texts()).isEmpty();
    }

    @Test
    void oneEventThatIsRefusedDoesNotKeepTheOthers() {
        peer.refuse(2);
        send(3);
        await(() -> {
            outbox.isThere(THERE);
            return peer.events().contains(3L);
        });
        assertThat(new ArrayList<>(new LinkedHashSet<>(peer.events()))).containsExactly(1L, 3L);
    }

    @Test
    void onlyOneNodeSends() {
        Federation other =
                new Federation(database.database(), HERE, config, "test", Clock.systemUTC());
        Outbox second = other.outbox(rooms);
        second.start();
        assertThat(second.leads()).isFalse();
        second.add(List.of(THERE), rooms.write());
        assertThat(second.knowsAnybody()).isFalse();
        send(1);
        awaitEvents(2);
        federation.close();
        await(second::leads);
        second.add(List.of(THERE), rooms.write());
        awaitEvents(3);
        assertThat(new ArrayList<>(new HashSet<>(peer.events()))).containsExactly(1L, 2L, 3L);
        other.close();
    }
}
