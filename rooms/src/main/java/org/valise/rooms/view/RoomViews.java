package org.valise.rooms.view;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The rooms that are being read on this node.
public final class RoomViews implements StreamFollower {
    /// A room that nobody reads for so long costs no memory.
    private static final Duration IDLE = Duration.ofMinutes(30);

    /// Fewer rooms are read one by one.
    private static final int WORTH_IT = 4;

    private final Stream stream;
    private final RoomStore rooms;
    private final Events events;
    private final CurrentStateStore currentStates;
    private final StateStore states;
    private final Cache<Long, RoomView> views;

    /// @param cacheBytes about how much memory the views may take
    public RoomViews(
            Stream stream,
            RoomStore rooms,
            Events events,
            CurrentStateStore currentStates,
            StateStore states,
            long cacheBytes) {
        this.stream = stream;
        this.rooms = rooms;
        this.events = events;
        this.currentStates = currentStates;
        this.states = states;
        this.views =
                Caffeine.newBuilder()
                        .maximumWeight(cacheBytes)
                        .weigher((Long room, RoomView view) -> view.weigh())
                        .expireAfterAccess(IDLE)
                        .build();
    }

    /// About how many bytes the views take.
    public long memory() {
        views.cleanUp();
        return views.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /// Takes into memory what is not yet, of many rooms in a handful of queries.
    ///
    /// @param after by room, the position after which its newest events are wanted
    /// @param atLeast so many of each, if it has them, even older ones
    /// @param atMost so many of each, even if there are newer ones than `after`
    /// @return the rooms that were not in memory
    public Set<Long> warm(Map<Long, Long> after, int atLeast, int atMost) {
        Map<Long, Long> cold = new HashMap<>();
        after.forEach((room, from) -> {
            RoomView known = views.getIfPresent(room);
            if (known == null || !known.isLoaded()) {
                cold.put(room, from);
            }
        });
        if (cold.size() < WORTH_IT) {
            return Set.copyOf(cold.keySet());
        }
        rooms.warm(cold.keySet());
        List<RoomView> fresh = cold.keySet().stream().map(this::unloaded).toList();
        // As in get(): what is being applied right now is committed.
        long position = stream.lastPosition();
        Map<Long, List<StoredEvent>> newest = newest(cold, position, atMost);
        Map<Long, Long> tooFew = new HashMap<>();
        cold.forEach((room, from) -> {
            if (from > 0 && newest.getOrDefault(room, List.of()).size() < atLeast) {
                tooFew.put(room, 0L);
            }
        });
        if (!tooFew.isEmpty()) {
            newest.putAll(newest(tooFew, position, atLeast));
            cold.putAll(tooFew);
        }
        newest.forEach((room, those) -> {
            int limit = tooFew.containsKey(room) ? atLeast : atMost;
            if (those.size() >= limit) {
                cold.put(room, those.getLast().position() - 1);
            }
        });
        fill(fresh, cold, newest, position);
        return Set.copyOf(cold.keySet());
    }

    /// The newest events of each room, newest first.
    private Map<Long, List<StoredEvent>> newest(Map<Long, Long> after, long upTo, int limit) {
        Map<Long, List<StoredEvent>> newest = new HashMap<>();
        for (StoredEvent event : events.store().newest(after, upTo, limit)) {
            newest.computeIfAbsent(event.room(), any -> new ArrayList<>()).add(event);
        }
        newest.values()
                .forEach(those ->
                        those.sort(Comparator.comparingLong(StoredEvent::position).reversed()));
        return newest;
    }

    private void fill(
            List<RoomView> fresh,
            Map<Long, Long> floors,
            Map<Long, List<StoredEvent>> newest,
            long position) {
        Map<Long, List<CurrentStateStore.Entry>> entries = currentStates.since(floors, position);
        for (RoomView view : fresh) {
            long room = view.room().number();
            view.fill(
                    Objects.requireNonNull(floors.get(room)),
                    position,
                    newest.getOrDefault(room, List.of()),
                    entries.getOrDefault(room, List.of()));
        }
    }

    private RoomView unloaded(long room) {
        RoomView known = views.getIfPresent(room);
        if (known != null) {
            return known;
        }
        RoomView fresh = new RoomView(rooms.get(room), events.store(), currentStates, states);
        RoomView other = views.asMap().putIfAbsent(room, fresh);
        return other == null ? fresh : other;
    }

    public RoomView get(long room) {
        RoomView view = unloaded(room);
        // The view hears of every change from here on, but one that is being applied right now may
        // have missed it. What is being applied is committed: reading as of the last commit has it.
        view.load(stream::lastPosition);
        if (view.hasOutgrownItsWeight()) {
            views.asMap().replace(room, view, view);
        }
        return view;
    }

    /// The view of a room that is being read already; empty if it would have to be loaded.
    public Optional<RoomView> known(long room) {
        return Optional.ofNullable(views.getIfPresent(room)).filter(RoomView::isLoaded);
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof EventChange event) {
                events.refresh(event.event());
                StoredEvent redacted = event.redacted();
                if (redacted != null) {
                    events.replace(redacted);
                }
                StateSnapshot after = event.after();
                if (after != null) {
                    states.remember(after);
                }
                RoomView view = views.getIfPresent(event.room());
                if (view != null) {
                    view.apply(event);
                }
            }
        }
    }
}
