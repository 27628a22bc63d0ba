package org.valise.rooms.lane;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.OrderedUnit;
import org.valise.platform.stream.StaleUnitException;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

/// What one [RoomWrite] appended: committed together or not at all.
final class RoomUnit implements OrderedUnit {
    private final Lane lane;
    private final long epoch;
    private final Head head;
    private final Events events;
    private final List<Appended> appended;
    private final List<Row> rows;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable SQLException failure;

    RoomUnit(Lane lane, Head head, Events events, List<Appended> appended, List<Row> rows) {
        this.lane = lane;
        this.epoch = lane.loadedEpoch();
        this.head = head;
        this.events = events;
        this.appended = List.copyOf(appended);
        this.rows = List.copyOf(rows);
    }

    /// An event and what it changes.
    ///
    /// @param blob the new nodes of the state after it; null if the state is unchanged
    static final class Appended {
        final StoredEvent event;
        final @Nullable StateSnapshot after;
        final MemberCounts members;
        final byte @Nullable [] blob;
        final EventChange.@Nullable MemberChange member;
        final @Nullable StoredEvent redacted;
        private int ordinal;

        Appended(
                StoredEvent event,
                @Nullable StateSnapshot after,
                MemberCounts members,
                byte @Nullable [] blob,
                EventChange.@Nullable MemberChange member,
                @Nullable StoredEvent redacted) {
            this.event = event;
            this.after = after;
            this.members = members;
            this.blob = blob;
            this.member = member;
            this.redacted = redacted;
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
        return 1 + 2 * appended.size() + rows.size();
    }

    @Override
    public void write(CommitBatch batch) {
        HeadStore.insert(batch, lane.room(), head);
        for (Row row : rows) {
            batch.add(row.insert(), row.values());
        }
        for (Appended each : appended) {
            each.ordinal = batch.position();
            EventStore.insert(batch, each.event, each.ordinal, null);
            StateSnapshot after = each.after;
            if (after != null) {
                if (each.blob != null) {
                    batch.add(StateStore.INSERT, after.number(), lane.room(), each.blob);
                }
                batch.add(
                        CurrentStateStore.INSERT,
                        each.ordinal,
                        lane.room(),
                        after.number(),
                        each.members.joined(),
                        each.members.invited());
            }
            if (each.member != null) {
                MembershipStore.insert(
                        batch,
                        each.ordinal,
                        each.member.user(),
                        lane.room(),
                        each.member.membership(),
                        each.event.number());
            }
            if (each.redacted != null) {
                EventStore.redact(batch, each.redacted);
            }
        }
    }

    @Override
    public List<EventChange> committed(long base) {
        List<EventChange> changes = new ArrayList<>(appended.size());
        for (Appended each : appended) {
            each.event.committedAt(base + each.ordinal);
            events.replace(each.event);
            changes.add(new EventChange(
                            each.event, each.after, each.members, each.member, each.redacted));
        }
        return changes;
    }

    @Override
    public void applied() {
        done.countDown();
    }

    @Override
    public void failed(SQLException cause) {
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
