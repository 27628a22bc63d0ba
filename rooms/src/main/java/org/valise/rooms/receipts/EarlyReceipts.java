package org.valise.rooms.receipts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.stream.Change;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.id.EventId;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Receipts of events that have not arrived yet: an event whose ancestors are being fetched comes
/// later than what is told of it. They count when it does, if that is soon.
public final class EarlyReceipts implements StreamFollower {
    /// SECURITY: a stranger can name events without end.
    private static final int MOST = 20_000;

    private static final int MOST_OF_AN_EVENT = 1_000;
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final Receipts receipts;
    private final Events events;
    private final Cache<EventId, List<Receipt>> waiting =
            Caffeine.newBuilder()
                    .maximumWeight(MOST)
                    .weigher((EventId event, List<Receipt> some) -> some.size())
                    .expireAfterWrite(LONGEST)
                    .build();

    public EarlyReceipts(Receipts receipts, Events events) {
        this.receipts = receipts;
        this.events = events;
    }

    void keep(EventId event, List<Receipt> some) {
        waiting.asMap()
                .merge(
                        event,
                        some,
                        (before, more) -> {
                            List<Receipt> all = new ArrayList<>(before);
                            all.addAll(more);
                            return all.size() <= MOST_OF_AN_EVENT ? all : before;
                        });
        // It may have arrived just now.
        events.byId(event).filter(arrived -> arrived.position() > 0).ifPresent(this::count);
    }

    @Override
    public void applied(List<Change> changes, long position) {
        if (waiting.estimatedSize() == 0) {
            return;
        }
        for (Change change : changes) {
            if (change instanceof EventChange event
                    && waiting.asMap().containsKey(event.event().id())) {
                Thread.ofVirtual().name("early receipts").start(() -> count(event.event()));
            }
        }
    }

    private void count(StoredEvent event) {
        List<Receipt> some = waiting.asMap().remove(event.id());
        if (some != null) {
            receipts.put(
                    some.stream()
                            .filter(receipt -> receipt.room() == event.room())
                            .map(receipt -> receipt.of(event.position()))
                            .toList());
        }
    }
}
