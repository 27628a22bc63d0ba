package org.valise.rooms.timeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

/// Events by number, through a cache bounded by weight.
///
/// The cache holds what is committed. Whoever applies a redaction on this node calls [#replace]
/// before readers see its position.
public final class Events {
    private static final int OVERHEAD_BYTES = 500;

    private final EventStore store;
    private final Cache<Long, StoredEvent> cache;

    /// The numbers of what is in the cache, so that asking by id costs no query either.
    private final Map<EventId, Long> numbers = new ConcurrentHashMap<>();

    /// @param cacheBytes about how many bytes of events to keep in memory
    public Events(EventStore store, long cacheBytes) {
        this.store = store;
        this.cache =
                Caffeine.newBuilder()
                        .maximumWeight(cacheBytes)
                        .weigher((Long number, StoredEvent event) ->
                                2 * event.event().bytes().length + OVERHEAD_BYTES)
                        .evictionListener(
                                (@Nullable Long number,
                                        @Nullable StoredEvent event,
                                        RemovalCause cause) -> {
                                    if (event != null) {
                                        numbers.remove(event.id());
                                    }
                                })
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

    /// The same for events that are sent on once: what is not in memory is not taken into it.
    public List<StoredEvent> inPassing(long room, Collection<Long> numbers) {
        List<StoredEvent> found = new ArrayList<>(numbers.size());
        List<Long> unknown = new ArrayList<>();
        for (Long number : numbers) {
            StoredEvent known = cache.getIfPresent(number);
            if (known == null) {
                unknown.add(number);
            } else {
                found.add(known);
            }
        }
        if (!unknown.isEmpty()) {
            long[] wanted = unknown.stream().mapToLong(Long::longValue).toArray();
            found.addAll(store.byNumbers(room, wanted));
        }
        return found;
    }

    /// The same by their ids, as far as they are here.
    public List<StoredEvent> inPassing(Collection<EventId> ids) {
        List<StoredEvent> found = new ArrayList<>(ids.size());
        List<String> unknown = new ArrayList<>();
        for (EventId id : ids) {
            StoredEvent known = known(id);
            if (known == null) {
                unknown.add(id.value());
            } else {
                found.add(known);
            }
        }
        if (!unknown.isEmpty()) {
            found.addAll(store.byIds(unknown.toArray(String[]::new)));
        }
        return found;
    }

    public Optional<StoredEvent> byId(EventId id) {
        StoredEvent known = known(id);
        return known != null ? Optional.of(known) : store.byId(id).map(this::remembered);
    }

    /// Those of these events that are here, in at most one query.
    public Map<EventId, StoredEvent> byIds(Collection<EventId> ids) {
        Map<EventId, StoredEvent> found = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (EventId id : ids) {
            StoredEvent known = known(id);
            if (known == null) {
                unknown.add(id.value());
            } else {
                found.put(id, known);
            }
        }
        if (!unknown.isEmpty()) {
            for (StoredEvent event : store.byIds(unknown.toArray(String[]::new))) {
                found.put(event.id(), remembered(event));
            }
        }
        return found;
    }

    /// From memory, if nothing that another node writes can change what became of it.
    private @Nullable StoredEvent known(EventId id) {
        Long number = numbers.get(id);
        StoredEvent event = number == null ? null : cache.getIfPresent(number);
        return event != null && event.status().isFinal() ? event : null;
    }

    /// Takes a newly committed event, or the new form of one, into the cache.
    public void replace(StoredEvent event) {
        numbers.put(event.id(), event.number());
        cache.put(event.number(), event);
    }

    /// Takes the new form of an event that has lost its content.
    public void replaceContent(StoredEvent redacted) {
        StoredEvent known = cache.getIfPresent(redacted.number());
        if (known != null && redacted.position() == 0) {
            redacted.committedAt(known.position()); // it was on its way when it was redacted
        }
        replace(redacted);
    }

    /// Takes what another node made of an event, if it is in the cache.
    public void refresh(StoredEvent event) {
        StoredEvent known = cache.getIfPresent(event.number());
        if (known != null && !known.status().isFinal()) {
            cache.asMap().computeIfPresent(event.number(), (number, old) -> newer(old, event));
        }
    }

    private StoredEvent remembered(StoredEvent read) {
        numbers.put(read.id(), read.number());
        return cache.asMap().merge(read.number(), read, Events::newer);
    }

    /// The one in the cache wins, for it may have been redacted since the other was read; unless it
    /// was known by its content alone, and its place may be known by now.
    private static StoredEvent newer(StoredEvent known, StoredEvent read) {
        if (known.status().isFinal()) {
            return known;
        }
        return known.redactedBy() != 0 && read.redactedBy() == 0
                ? read.redacted(known.event(), known.redactedBy())
                : read;
    }
}
