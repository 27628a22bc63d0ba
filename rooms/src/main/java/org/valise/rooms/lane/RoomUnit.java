package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.OrderedUnit;
import org.valise.platform.stream.StaleUnitException;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.OutsideMember;
import org.valise.rooms.members.OutsideMemberStore;
import org.valise.rooms.members.ServerMemberStore;
import org.valise.rooms.relations.RelationStore;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.EventWriteStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.OutgoingEventStore;
import org.valise.rooms.timeline.StoredEvent;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// What one [RoomWrite] appended: committed together or not at all.
final class RoomUnit implements OrderedUnit {
    private final Lane lane;
    private final long epoch;
    private final Head head;
    private final Events events;
    private final List<Appended> appended;
    private final List<OutsideMember> outside;
    private final int[] outsideOrdinals;
    private final Map<StateSnapshot, byte[]> blobs;
    private final List<StoredEvent> redacted;
    private final List<Row> rows;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable SQLException failure;

    RoomUnit(
            Lane lane,
            Head head,
            Events events,
            Map<StateSnapshot, byte[]> blobs,
            UnitParts parts) {
        this.lane = lane;
        this.epoch = lane.loadedEpoch();
        this.head = head;
        this.events = events;
        this.appended = List.copyOf(parts.appended());
        this.outside = List.copyOf(parts.outside());
        this.outsideOrdinals = new int[outside.size()];
        this.redacted = List.copyOf(parts.redacted());
        this.blobs = new LinkedHashMap<>(blobs);
        this.rows = List.copyOf(parts.rows());
        lane.begin(events(), blobs.keySet());
    }

    /// An event and what it changes.
    static final class Appended {
        final StoredEvent event;
        private final boolean shown;
        private boolean judgedBefore;
        private final @Nullable StateSnapshot after;
        private final MemberCounts members;
        private final MemberDifference difference;
        private final boolean outgoing;
        private final @Nullable StoredEvent redacted;
        private final @Nullable String refusal;
        private int ordinal;

        private Appended(
                StoredEvent event,
                boolean shown,
                boolean judgedBefore,
                @Nullable StateSnapshot after,
                MemberCounts members,
                MemberDifference difference,
                boolean outgoing,
                @Nullable StoredEvent redacted,
                @Nullable String refusal) {
            this.event = event;
            this.shown = shown;
            this.judgedBefore = judgedBefore;
            this.after = after;
            this.members = members;
            this.difference = difference;
            this.outgoing = outgoing;
            this.redacted = redacted;
            this.refusal = refusal;
        }

        /// An event that gets a position in the stream.
        ///
        /// @param judgedBefore whether it was known, by its content alone
        /// @param after the room's state from it on; null if it is unchanged
        /// @param outgoing whether other servers get it from this one
        static Appended shown(
                StoredEvent event,
                boolean judgedBefore,
                @Nullable StateSnapshot after,
                MemberCounts members,
                MemberDifference difference,
                boolean outgoing,
                @Nullable StoredEvent redacted) {
            return new Appended(
                    event,
                    true,
                    judgedBefore,
                    after,
                    members,
                    difference,
                    outgoing,
                    redacted,
                    null);
        }

        /// Takes the place of what was noted of the same event before: one row is written of it.
        void replace(Appended earlier) {
            judgedBefore = earlier.judgedBefore;
        }

        /// An event that nobody is told of: it is old, or it was refused.
        static Appended hidden(
                StoredEvent event,
                boolean judgedBefore,
                @Nullable String refusal,
                @Nullable StoredEvent redacted) {
            return new Appended(
                    event,
                    false,
                    judgedBefore,
                    null,
                    MemberCounts.NONE,
                    MemberDifference.NONE,
                    false,
                    redacted,
                    refusal);
        }
    }

    /// A further row that a use case wants written with its events.
    record Row(BulkInsert insert, @Nullable Object[] values) {}

    @Override
    public Object group() {
        return lane;
    }

    @Override
    public boolean stale() {
        return lane.epoch() != epoch;
    }

    @Override
    public int rows() {
        return 1
                + 2 * appended.size()
                + 2 * outside.size()
                + redacted.size()
                + blobs.size()
                + rows.size();
    }

    @Override
    public void write(CommitBatch batch) {
        HeadStore.insert(batch, lane.room(), head);
        for (Row row : rows) {
            batch.add(row.insert(), row.values());
        }
        blobs.forEach((snapshot, bytes) ->
                batch.add(StateStore.INSERT, snapshot.number(), lane.room(), bytes));
        for (Appended each : appended) {
            write(batch, each);
        }
        for (StoredEvent each : redacted) {
            EventWriteStore.redact(batch, each);
        }
        writeOutside(batch);
    }

    private void write(CommitBatch batch, Appended each) {
        each.ordinal = each.shown ? batch.position() : 0;
        if (each.judgedBefore) {
            EventWriteStore.judge(batch, each.event, each.ordinal, each.refusal);
        } else {
            EventWriteStore.insert(batch, each.event, each.ordinal, each.refusal);
        }
        if (each.event.redactedBy() != 0) {
            EventWriteStore.redact(batch, each.event);
        }
        if (each.event.order() != null && each.event.status() == EventStatus.ACCEPTED) {
            RelationStore.insert(batch, each.event, each.ordinal);
        }
        StateSnapshot after = each.after;
        if (after != null) {
            batch.add(
                    CurrentStateStore.INSERT,
                    each.ordinal,
                    lane.room(),
                    after.number(),
                    each.members.joined(),
                    each.members.invited());
        }
        for (EventChange.MemberChange member : each.difference.local()) {
            MembershipStore.insert(
                    batch,
                    each.ordinal,
                    member.user(),
                    lane.room(),
                    member.membership(),
                    member.event());
        }
        ServerMemberStore.change(batch, each.ordinal, lane.room(), each.difference.servers());
        if (each.outgoing) {
            OutgoingEventStore.insert(batch, each.ordinal, each.event, each.difference.calledOff());
        }
        if (each.redacted != null) {
            EventWriteStore.redact(batch, each.redacted);
            RelationStore.remove(batch, each.redacted);
        }
    }

    private void writeOutside(CommitBatch batch) {
        for (int i = 0; i < outside.size(); i++) {
            OutsideMember member = outside.get(i);
            outsideOrdinals[i] = batch.position();
            OutsideMemberStore.insert(batch, lane.room(), member);
            MembershipStore.insert(
                    batch,
                    outsideOrdinals[i],
                    member.user(),
                    lane.room(),
                    member.membership(),
                    -member.number());
        }
    }

    @Override
    public List<Change> committed(long base) {
        List<Change> changes = new ArrayList<>(appended.size());
        for (Appended each : appended) {
            if (each.shown) {
                each.event.committedAt(base + each.ordinal);
                changes.add(
                        new EventChange(
                                each.event,
                                each.after,
                                each.members,
                                each.difference.local(),
                                each.difference.servers(),
                                each.outgoing,
                                each.redacted));
            }
            events.replace(each.event);
            if (each.redacted != null) {
                events.replaceContent(each.redacted);
            }
        }
        redacted.forEach(events::replaceContent);
        for (int i = 0; i < outside.size(); i++) {
            OutsideMember member = outside.get(i);
            changes.add(
                    new OutsideChange(
                            base + outsideOrdinals[i],
                            lane.room(),
                            member.user(),
                            member.membership(),
                            -member.number()));
        }
        lane.end(events(), blobs.keySet());
        return changes;
    }

    private List<StoredEvent> events() {
        return appended.stream().map(each -> each.event).toList();
    }

    @Override
    public void applied() {
        done.countDown();
    }

    @Override
    public void failed(SQLException cause) {
        lane.end(events(), blobs.keySet());
        if (!(cause instanceof StaleUnitException)) {
            lane.reset();
        }
        failure = cause;
        done.countDown();
    }

    /// Waits for the commit.
    ///
    /// @return why it was not written; null if it was
    @Nullable SQLException await() throws InterruptedException {
        done.await();
        return failure;
    }
}
