package org.valise.federation.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.federation.outbox.OutgoingEduStore.StoredEdu;
import org.valise.federation.outbox.VolatileEdus.Offer;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

class TransactionTest {
    private static final ServerName THERE = ServerName.parse("there.example");
    private static final OutgoingEvent EVENT = new OutgoingEvent(5, 1, 7);
    private static final JsonObject CONTENT = JsonObject.of("a", 1);
    private static final long LATER = System.nanoTime() + Duration.ofHours(1).toNanos();

    private static Transaction of(
            List<OutgoingEvent> events, List<StoredEdu> rows, List<Offer> offers) {
        return new Transaction(
                events, events.stream().map(event -> CONTENT).toList(), rows, offers);
    }

    private static Offer offer(String key, int number) {
        return new Offer("m.typing", key, JsonObject.of("n", number), "n" + number, LATER);
    }

    @Test
    void itsIdFollowsFromWhatIsInItAndFromNothingElse() {
        StoredEdu row = new StoredEdu(1, 5, "m.direct_to_device", CONTENT);
        List<Transaction> different =
                List.of(
                        of(List.of(EVENT), List.of(), List.of()),
                        of(List.of(new OutgoingEvent(6, 1, 7)), List.of(), List.of()),
                        of(List.of(EVENT, new OutgoingEvent(6, 1, 7)), List.of(), List.of()),
                        of(List.of(), List.of(row), List.of()),
                        of(List.of(), List.of(new StoredEdu(1, 6, "x", CONTENT)), List.of()),
                        of(List.of(EVENT), List.of(row), List.of()),
                        of(List.of(), List.of(), List.of(offer("k", 1))),
                        of(List.of(), List.of(), List.of(offer("k", 2))));
        Set<String> ids = new TreeSet<>();
        for (Transaction each : different) {
            assertThat(each.id(THERE)).isEqualTo(each.id(THERE)).matches("[A-Za-z0-9_-]{43}");
            ids.add(each.id(THERE));
            ids.add(each.id(ServerName.parse("other.example")));
        }
        assertThat(ids).hasSize(2 * different.size());
    }

    @Test
    void itsBodyIsAsSpecified() {
        Transaction transaction =
                of(
                        List.of(EVENT),
                        List.of(new StoredEdu(1, 5, "m.direct_to_device", CONTENT)),
                        List.of(offer("k", 3)));
        assertThat(transaction.body(ServerName.parse("here.example"), 12))
                .isEqualTo(
                        Json.parseObject(
                                """
                                {"origin": "here.example", "origin_server_ts": 12,
                                 "pdus": [{"a": 1}],
                                 "edus": [{"edu_type": "m.direct_to_device", "content": {"a": 1}},
                                          {"edu_type": "m.typing", "content": {"n": 3}}]}
                                """));
    }

    @Test
    void ofVolatileEdusTheNewestOfEachKeyIsKeptUpToABound() {
        VolatileEdus edus = new VolatileEdus();
        IntStream.range(0, 400).forEach(i -> edus.put(offer("k" + i, i)));
        edus.put(offer("k200", 1_000));
        List<Offer> first = edus.take(100);
        assertThat(first).hasSize(100).first().isEqualTo(offer("k150", 150));
        List<Offer> rest = edus.take(1_000);
        assertThat(rest).hasSize(150).last().isEqualTo(offer("k200", 1_000));
        assertThat(edus.isEmpty()).isTrue();
    }

    @Test
    void whatCouldNotBeSentIsTakenBackUnlessThereIsSomethingNewer() {
        VolatileEdus edus = new VolatileEdus();
        edus.put(offer("a", 1));
        edus.put(offer("b", 2));
        List<Offer> taken = edus.take(10);
        edus.put(offer("a", 3));
        edus.putBack(taken);
        assertThat(edus.take(10)).containsExactly(offer("b", 2), offer("a", 3));
    }

    @Test
    void whatNobodyWantsAnyMoreIsNotSent() {
        VolatileEdus edus = new VolatileEdus();
        edus.put(new Offer("m.typing", "k", CONTENT, "1", System.nanoTime() - 1));
        assertThat(edus.take(10)).isEmpty();
    }

    @Test
    void pausesGrowUpToAnHourAndAreNeverTheSameForAll() {
        Random random = new Random(1);
        for (int failures = 1; failures <= 40; failures++) {
            long whole = Math.min(3_600_000L, 1_000L << Math.min(failures - 1, 30));
            for (int i = 0; i < 100; i++) {
                assertThat(Backoff.after(failures, random).toMillis()).isBetween(whole / 2, whole);
            }
        }
    }
}
