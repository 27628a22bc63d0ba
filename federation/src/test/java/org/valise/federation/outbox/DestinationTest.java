package org.valise.federation.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.federation.outbox.DestinationStore.Progress;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;

class DestinationTest {
    private static final ServerName THERE = ServerName.parse("there.example");
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);

    private final Rooms rooms = new Rooms();
    private final Destination there = begun(0);

    private static Destination begun(long position) {
        Destination destination = new Destination(THERE);
        destination.begin(new Progress(THERE, position, 0, null, null));
        return destination;
    }

    /// A source that gives one room at a time, of each at most three events.
    private static final class Rooms implements EventSource {
        private final List<OutgoingEvent> written = new ArrayList<>();
        private int asked;

        OutgoingEvent write(long room) {
            OutgoingEvent event = new OutgoingEvent(written.size() + 1L, room, 7);
            written.add(event);
            return event;
        }

        @Override
        public Set<ServerName> servers() {
            return Set.of(THERE);
        }

        @Override
        public long beforeFirst(ServerName server) {
            return 0;
        }

        @Override
        public long now() {
            return written.size();
        }

        @Override
        public Lacking lacking(ServerName server, long from, long after, long upTo) {
            asked++;
            Map<Long, Long> newest = new TreeMap<>();
            List<OutgoingEvent> known = written.subList(0, (int) upTo);
            known.forEach(event -> newest.put(event.room(), event.position()));
            return newest.entrySet().stream()
                    .filter(room -> room.getValue() > after)
                    .min(Comparator.comparing(Map.Entry::getValue))
                    .map(room ->
                            new Lacking(of(known, room.getKey(), from), room.getValue(), false))
                    .orElseGet(() -> new Lacking(List.of(), upTo, true));
        }

        private static List<OutgoingEvent> of(List<OutgoingEvent> known, long room, long from) {
            List<OutgoingEvent> events =
                    known.stream()
                            .filter(event -> event.room() == room && event.position() > from)
                            .toList();
            return events.subList(Math.max(0, events.size() - 3), events.size());
        }

        @Override
        public List<JsonObject> contents(ServerName server, List<OutgoingEvent> events) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void forgetUpTo(long position) {
            throw new AssertionError("nobody asks");
        }
    }

    private List<Long> next(int limit) {
        return there.next(limit, rooms).stream().map(OutgoingEvent::position).toList();
    }

    private List<Long> deliverAll() {
        List<Long> delivered = new ArrayList<>();
        for (List<OutgoingEvent> next = there.next(2, rooms);
                !next.isEmpty();
                next = there.next(2, rooms)) {
            next.forEach(event -> delivered.add(event.position()));
            there.delivered(next);
        }
        return delivered;
    }

    private long saved() {
        return there.toSave().map(Progress::position).orElse(-1L);
    }

    @Test
    void whoeverKeepsUpIsHandedEachEventOnceAndNobodyIsAsked() {
        assertThat(deliverAll()).isEmpty();
        int asked = rooms.asked;
        for (int i = 0; i < 5; i++) {
            there.add(rooms.write(1));
        }
        assertThat(next(3)).containsExactly(1L, 2L, 3L);
        assertThat(deliverAll()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(saved()).isEqualTo(5);
        assertThat(saved()).isEqualTo(-1);
        assertThat(rooms.asked).isEqualTo(asked);
    }

    @Test
    void whoeverWasAwayGetsTheNewestOfEachRoom() {
        for (long room : new long[] {1, 1, 1, 1, 2, 3, 2, 1}) {
            there.add(rooms.write(room));
        }
        assertThat(deliverAll()).containsExactly(6L, 5L, 7L, 3L, 4L, 8L);
        assertThat(saved()).isEqualTo(8);
        there.add(rooms.write(2));
        assertThat(deliverAll()).containsExactly(9L);
    }

    @Test
    void itsPositionStaysUntilItHasCaughtUp() {
        for (long room : new long[] {1, 2, 3}) {
            there.add(rooms.write(room));
        }
        there.delivered(there.next(2, rooms));
        assertThat(saved()).isEqualTo(-1);
        assertThat(deliverAll()).containsExactly(2L, 3L);
        assertThat(saved()).isEqualTo(3);
    }

    @Test
    void whatIsWrittenWhileItCatchesUpComesToo() {
        there.add(rooms.write(1));
        List<OutgoingEvent> first = there.next(2, rooms);
        there.add(rooms.write(1));
        there.add(rooms.write(2));
        there.delivered(first);
        assertThat(deliverAll()).containsExactly(2L, 3L);
        there.add(rooms.write(2));
        assertThat(deliverAll()).containsExactly(4L);
    }

    @Test
    void afterAFailureItIsBehindAndGoesOnWithTheRoomsThatItLacks() {
        deliverAll();
        there.add(rooms.write(1));
        there.add(rooms.write(2));
        assertThat(next(2)).containsExactly(1L, 2L);
        there.failed(NOW, Duration.ofSeconds(1));
        assertThat(there.isBehind()).isTrue();
        there.delivered(there.next(1, rooms));
        there.next(1, rooms);
        there.failed(NOW, Duration.ofSeconds(2));
        assertThat(saved()).isEqualTo(0);
        assertThat(deliverAll()).containsExactly(2L);
        assertThat(saved()).isEqualTo(2);
    }

    @Test
    void whatWaitsForItIsBounded() {
        deliverAll();
        List<OutgoingEvent> inFlight = new ArrayList<>();
        LongStream.range(0, 501).forEach(i -> there.add(rooms.write(1)));
        assertThat(there.isBehind()).isTrue();
        there.delivered(inFlight);
        assertThat(deliverAll()).containsExactly(499L, 500L, 501L);
    }

    @Test
    void whatItHasOfAPageIsNotSentAgainAfterAFailure() {
        there.add(rooms.write(1));
        there.add(rooms.write(1));
        there.delivered(there.next(1, rooms));
        there.failed(NOW, Duration.ofSeconds(1));
        assertThat(deliverAll()).containsExactly(2L);
    }

    @Test
    void isLeftInPeaceAfterAFailureUntilItSendsSomethingItself() {
        assertThat(there.wake(NOW)).isTrue();
        assertThat(there.wake(NOW)).isFalse();
        assertThat(there.pause()).isTrue();
        assertThat(there.pause()).isFalse();

        assertThat(there.wake(NOW)).isTrue();
        there.failed(NOW, Duration.ofMinutes(1));
        there.stop();
        assertThat(there.wake(NOW.plusSeconds(59))).isFalse();
        assertThat(there.isThere(NOW, Duration.ofSeconds(1))).isEqualTo(NOW.plusSeconds(1));
        assertThat(there.wake(NOW)).isFalse();
        assertThat(there.wake(NOW.plusSeconds(1))).isTrue();
    }

    @Test
    void whoIsNotFailingNeedsNoWaking() {
        assertThat(there.isThere(NOW, Duration.ofSeconds(1))).isNull();
    }

    @Test
    void anIdleOneAdvancesOnlyWhenItHasEverything() {
        assertThat(there.advance(5)).isFalse();
        deliverAll();
        assertThat(there.advance(5)).isTrue();
        assertThat(saved()).isEqualTo(5);
        there.add(new OutgoingEvent(6, 1, 7));
        assertThat(there.advance(7)).isFalse();
    }
}
