package org.valise.rooms.receipts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.database.Database;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.ChangeReader;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;

import java.util.List;
import java.util.Objects;

/// The receipts of all rooms.
///
/// What readers ask for at every event is in memory: the newest receipts of the rooms that are
/// being read, and how far the users who are syncing have read.
public final class Receipts implements StreamFollower, ChangeReader {
    private static final int MAX_ROOMS = 10_000;
    private static final int MAX_MARKS = 200_000;

    private final Stream stream;
    private final OrderedCommits commits;
    private final ReceiptStore store;
    private final Cache<Long, RecentReceipts> recent =
            Caffeine.newBuilder().maximumSize(MAX_ROOMS).build();
    private final Cache<Reading, ReadMarks> marks =
            Caffeine.newBuilder().maximumSize(MAX_MARKS).build();

    private record Reading(long user, long room) {}

    public Receipts(Database database, Stream stream, OrderedCommits commits) {
        this.stream = stream;
        this.commits = commits;
        this.store = new ReceiptStore(database);
    }

    /// Writes receipts, and returns when readers see them. What would go back is left out.
    void put(List<Receipt> receipts) {
        List<Receipt> ahead =
                receipts.stream()
                        .filter(receipt -> of(receipt.user(), receipt.room()).isBehind(receipt))
                        .toList();
        if (!ahead.isEmpty()) {
            ReceiptUnit unit = new ReceiptUnit(ahead);
            commits.submit(unit);
            unit.await();
        }
    }

    /// The receipts of a room that changed in `(from, to]` and that the reader may see: everybody's
    /// public ones, and their own private ones. A receipt that changed again after `to` is left
    /// out.
    public List<Receipt> changedIn(long room, long from, long to, long reader) {
        return changes(room, from, to).stream()
                .map(ReceiptChange::receipt)
                .filter(receipt -> receipt.isShownTo(reader))
                .toList();
    }

    private List<ReceiptChange> changes(long room, long from, long to) {
        if (from >= to) {
            return List.of();
        }
        RecentReceipts known =
                Objects.requireNonNull(recent.get(room, any -> new RecentReceipts()));
        if (!known.isLoaded()) {
            // It hears of every change from here on, but one that is being applied right now may
            // have
            // missed it. What is being applied is committed.
            known.knowsAllAfter(stream.lastPosition());
        }
        return known.between(from, to).orElseGet(() -> store.inRoom(room, from, to));
    }

    /// How far a user has read a room.
    public ReadMarks of(long user, long room) {
        return Objects.requireNonNull(
                marks.get(
                        new Reading(user, room),
                        reading -> {
                            ReadMarks read = ReadMarks.NONE;
                            for (ReceiptChange change : store.ofUser(room, user)) {
                                read = read.with(change.receipt());
                            }
                            return read;
                        }));
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof ReceiptChange changed) {
                Receipt receipt = changed.receipt();
                marks.asMap()
                        .computeIfPresent(
                                new Reading(receipt.user(), receipt.room()),
                                (reading, read) -> read.with(receipt));
                RecentReceipts known = recent.getIfPresent(receipt.room());
                if (known != null) {
                    known.add(changed);
                }
            }
        }
    }

    /// What other nodes wrote.
    @Override
    public List<ReceiptChange> read(long from, long to) {
        return store.between(from, to);
    }
}
