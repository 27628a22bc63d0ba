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

import java.util.List;

/// The rooms that are being read on this node.
public final class RoomViews implements StreamFollower {
    private static final int MAX_VIEWS = 10_000;

    private final Stream stream;
    private final RoomStore rooms;
    private final Events events;
    private final CurrentStateStore currentStates;
    private final StateStore states;
    private final Cache<Long, RoomView> views =
            Caffeine.newBuilder().maximumSize(MAX_VIEWS).build();

    public RoomViews(
            Stream stream,
            RoomStore rooms,
            Events events,
            CurrentStateStore currentStates,
            StateStore states) {
        this.stream = stream;
        this.rooms = rooms;
        this.events = events;
        this.currentStates = currentStates;
        this.states = states;
    }

    public RoomView get(long room) {
        RoomView view = views.getIfPresent(room);
        if (view == null) {
            RoomView fresh = new RoomView(rooms.get(room), events.store(), currentStates, states);
            view = views.asMap().putIfAbsent(room, fresh);
            if (view == null) {
                view = fresh;
            }
        }
        // The view hears of every change from here on, but one that is being applied right now may
        // have missed it. What is being applied is committed: reading as of the last commit has it.
        view.load(stream::lastPosition);
        return view;
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof EventChange event) {
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
