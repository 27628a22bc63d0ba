package org.valise.rooms.receipts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.database.Database;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.ChangeReader;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

    /// What is being read for [#marks], with what was heard of since that began.
    private final Map<Reading, ReadMarks> arriving = new ConcurrentHashMap<>();

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
            new ReceiptUnit(ahead).commit(commits);
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

    /// Takes into memory what is not yet, of many rooms, in at most two queries: how far a user has
    /// read them, and what changed in them after a position.
    public void warm(long user, Collection<Long> rooms, long from) {
        long[] unread =
                rooms.stream()
                        .filter(room -> marks.getIfPresent(new Reading(user, room)) == null)
                        .mapToLong(Long::longValue)
                        .toArray();
        if (unread.length > 0) {
            warmMarks(user, unread);
        }
        Map<Long, RecentReceipts> cold = new HashMap<>();
        for (long room : rooms) {
            RecentReceipts known =
                    Objects.requireNonNull(recent.get(room, any -> new RecentReceipts()));
            if (!known.isLoaded()) {
                cold.put(room, known);
            }
        }
        if (!cold.isEmpty()) {
            warmRecent(cold, from);
        }
    }

    private void warmMarks(long user, long[] rooms) {
        Map<Long, ReadMarks> read = new HashMap<>();
        for (long room : rooms) {
            arriving.putIfAbsent(new Reading(user, room), ReadMarks.NONE);
            read.put(room, ReadMarks.NONE);
        }
        for (ReceiptChange change : store.ofUser(rooms, user)) {
            read.computeIfPresent(change.room(), (room, known) -> known.with(change.receipt()));
        }
        read.forEach((room, known) ->
                arriving.compute(
                        new Reading(user, room),
                        (reading, heard) -> {
                            marks.asMap()
                                    .putIfAbsent(
                                            reading, heard == null ? known : known.with(heard));
                            return null;
                        }));
    }

    private void warmRecent(Map<Long, RecentReceipts> cold, long from) {
        long position = stream.lastPosition();
        long[] rooms = cold.keySet().stream().mapToLong(Long::longValue).toArray();
        Map<Long, List<ReceiptChange>> found = new HashMap<>();
        for (ReceiptChange change : store.inRooms(rooms, from, position)) {
            found.computeIfAbsent(change.room(), any -> new ArrayList<>()).add(change);
        }
        cold.forEach(
                (room, known) -> known.fill(found.getOrDefault(room, List.of()), from, position));
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
                Reading reading = new Reading(receipt.user(), receipt.room());
                arriving.computeIfPresent(reading, (any, read) -> read.with(receipt));
                marks.asMap().computeIfPresent(reading, (any, read) -> read.with(receipt));
                RecentReceipts known = recent.getIfPresent(receipt.room());
                if (known != null) {
                    known.add(changed);
                }
            }
        }
    }

    @Override
    public Set<String> tables() {
        return Set.of("rooms.receipt");
    }

    /// What other nodes wrote.
    @Override
    public List<ReceiptChange> read(News news) {
        return store.between(news.from(), news.to());
    }
}
