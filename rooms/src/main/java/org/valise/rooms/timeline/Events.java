package org.valise.rooms.timeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.protocol.id.EventId;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;

/// Events by number, through a cache bounded by weight.
///
/// The cache holds what is committed. Whoever applies a redaction on this node calls [#replace]
/// before readers see its position.
public final class Events {
    private static final int OVERHEAD_BYTES = 400;
    private static final int MAX_IDS = 50_000;

    private final EventStore store;
    private final Cache<Long, StoredEvent> cache;

    /// Of what is, or was lately, in the cache.
    private final Cache<EventId, Long> numbers = Caffeine.newBuilder().maximumSize(MAX_IDS).build();

    /// @param cacheBytes about how many bytes of events to keep in memory
    public Events(EventStore store, long cacheBytes) {
        this.store = store;
        this.cache =
                Caffeine.newBuilder()
                        .maximumWeight(cacheBytes)
                        .weigher((Long number, StoredEvent event) ->
                                2 * event.event().bytes().length + OVERHEAD_BYTES)
                        .build();
    }

    public EventStore store() {
        return store;
    }

    /// @throws IllegalStateException if there is no such event: the database is damaged
    public StoredEvent get(long room, long number) {
        StoredEvent known = cache.getIfPresent(number);
        return known != null
                ? known
                : Objects.requireNonNull(load(room, List.of(number)).get(number));
    }

    /// The events with these numbers, in at most one query.
    ///
    /// @throws IllegalStateException if one of them is missing: the database is damaged
    public Map<Long, StoredEvent> load(long room, Collection<Long> numbers) {
        Map<Long, StoredEvent> found = HashMap.newHashMap(numbers.size());
        List<Long> unknown = new ArrayList<>();
        for (Long number : numbers) {
            StoredEvent known = cache.getIfPresent(number);
            if (known == null) {
                unknown.add(number);
            } else {
                found.put(number, known);
            }
        }
        if (!unknown.isEmpty()) {
            long[] wanted = unknown.stream().mapToLong(Long::longValue).toArray();
            for (StoredEvent event : store.byNumbers(room, wanted)) {
                found.put(event.number(), remembered(event));
            }
            if (found.size() < numbers.stream().distinct().count()) {
                throw new IllegalStateException("room " + room + " lacks events of " + unknown);
            }
        }
        return found;
    }

    /// Takes events of many rooms into memory, in at most one query.
    ///
    /// @param numbers by room
    public void warm(Map<Long, ? extends Collection<Long>> numbers) {
        load(numbers);
    }

    /// The events of many rooms, in at most one query.
    ///
    /// @param numbers by room
    public Map<Long, StoredEvent> load(Map<Long, ? extends Collection<Long>> numbers) {
        Map<Long, StoredEvent> found = new HashMap<>();
        LongStream.Builder rooms = LongStream.builder();
        LongStream.Builder unknown = LongStream.builder();
        numbers.forEach((room, wanted) -> {
            for (Long number : wanted) {
                StoredEvent known = cache.getIfPresent(number);
                if (known == null) {
                    rooms.add(room);
                    unknown.add(number);
                } else {
                    found.put(number, known);
                }
            }
        });
        long[] lacking = unknown.build().toArray();
        if (lacking.length > 0) {
            for (StoredEvent event : store.byNumbers(rooms.build().toArray(), lacking)) {
                found.put(event.number(), remembered(event));
            }
        }
        return found;
    }

    public Optional<StoredEvent> byId(EventId id) {
        Long number = numbers.getIfPresent(id);
        StoredEvent known = number == null ? null : cache.getIfPresent(number);
        return known != null ? Optional.of(known) : store.byId(id).map(this::remembered);
    }

    public Map<EventId, StoredEvent> byIds(Collection<EventId> ids) {
        Map<EventId, StoredEvent> found = new HashMap<>();
        if (!ids.isEmpty()) {
            for (StoredEvent event :
                    store.byIds(ids.stream().map(EventId::value).toArray(String[]::new))) {
                found.put(event.id(), remembered(event));
            }
        }
        return found;
    }

    /// Takes a newly committed event, or the new form of one, into the cache.
    public void replace(StoredEvent event) {
        cache.put(event.number(), event);
        numbers.put(event.id(), event.number());
    }

    /// The one in the cache wins: it may have been redacted since this one was read.
    private StoredEvent remembered(StoredEvent read) {
        StoredEvent known = cache.asMap().putIfAbsent(read.number(), read);
        numbers.put(read.id(), read.number());
        return known != null ? known : read;
    }
}
