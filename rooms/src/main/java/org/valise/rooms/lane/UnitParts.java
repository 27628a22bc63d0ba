package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.BulkInsert;
import org.valise.protocol.id.EventId;
import org.valise.rooms.lane.RoomUnit.Appended;
import org.valise.rooms.members.OutsideMember;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a writer has put together so far: it is written together or not at all.
final class UnitParts {
    private final Lane lane;
    private final MissingEventStore store;
    private final List<Appended> appended = new ArrayList<>();
    private final List<StoredEvent> redacted = new ArrayList<>();
    private final List<OutsideMember> outside = new ArrayList<>();
    private final List<RoomUnit.Row> rows = new ArrayList<>();
    private @Nullable MissingEvents missing;
    private boolean changed;

    UnitParts(Lane lane, MissingEventStore store) {
        this.lane = lane;
        this.store = store;
    }

    /// Takes the place of what was to be written of the same event before.
    void add(Appended next) {
        for (Appended earlier : appended) {
            if (earlier.event.number() == next.event.number()) {
                next.replace(earlier);
                appended.remove(earlier);
                break;
            }
        }
        appended.add(next);
        changed = true;
    }

    List<Appended> appended() {
        return appended;
    }

    /// An event that is here loses its content, and no event is shown for it.
    void redact(StoredEvent withoutContent) {
        redacted.add(withoutContent);
        changed = true;
    }

    List<StoredEvent> redacted() {
        return redacted;
    }

    void addOutside(OutsideMember member) {
        outside.add(member);
        changed = true;
    }

    List<OutsideMember> outside() {
        return outside;
    }

    /// A further row in the same commit.
    void attach(BulkInsert insert, @Nullable Object... values) {
        rows.add(new RoomUnit.Row(insert, values));
    }

    List<RoomUnit.Row> rows() {
        return rows;
    }

    boolean isEmpty() {
        return !changed;
    }

    MissingEvents missing() {
        MissingEvents known = missing;
        if (known == null) {
            known = lane.missing(store);
            missing = known;
        }
        return known;
    }

    /// Null if nobody asked.
    @Nullable MissingEvents knownMissing() {
        return missing;
    }

    /// Events before one at a place are missing.
    void lack(RoomOrder place, Set<EventId> events) {
        missing =
                events.isEmpty()
                        ? missing().beginningAt(place.segment(), place.index())
                        : missing().lacking(place.segment(), events, place.index());
        for (EventId event : events) {
            attach(
                    MissingEventStore.CHANGE_GAP,
                    lane.room(),
                    place.segment(),
                    event.value(),
                    false);
        }
    }

    void foundMissing(EventId event) {
        if (missing().segmentLacking(event) != MissingEvents.NO_SEGMENT) {
            missing = missing().found(event);
            attach(MissingEventStore.CHANGE_GAP, lane.room(), 0, event.value(), true);
        }
    }

    void wait(long event, Set<EventId> forEvents) {
        missing = missing().waitingFor(forEvents, event);
        for (EventId each : forEvents) {
            attach(MissingEventStore.CHANGE_WAITING, lane.room(), each.value(), event, false);
        }
        changed = true;
    }

    void waitNoMore(long event) {
        missing = missing().judged(event);
        attach(MissingEventStore.CHANGE_WAITING, lane.room(), "", event, true);
        changed = true;
    }
}
