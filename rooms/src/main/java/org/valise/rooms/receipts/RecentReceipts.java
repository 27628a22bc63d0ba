package org.valise.rooms.receipts;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The newest receipts of one room, in memory. Safe for any number of readers.
final class RecentReceipts {
    private static final int MAX_CHANGES = 200;

    private final Deque<ReceiptChange> changes = new ArrayDeque<>();

    /// Everything after it is here, once it is loaded.
    private long floor;

    private boolean loaded;

    synchronized boolean isLoaded() {
        return loaded;
    }

    synchronized void knowsAllAfter(long position) {
        floor = Math.max(floor, position);
        loaded = true;
    }

    /// Takes what was read: everything in `(from, to]`, in order. What was heard of after `to` is
    /// newer.
    synchronized void fill(List<ReceiptChange> read, long from, long to) {
        if (loaded) {
            return;
        }
        List<ReceiptChange> newer =
                changes.stream().filter(change -> change.position() > to).toList();
        changes.clear();
        floor = from;
        loaded = true;
        read.forEach(this::add);
        newer.forEach(this::add);
    }

    synchronized void add(ReceiptChange change) {
        changes.addLast(change);
        if (changes.size() > MAX_CHANGES) {
            floor = Math.max(floor, changes.removeFirst().position());
        }
    }

    /// What changed in `(from, to]`; empty if that is too long ago to know.
    synchronized Optional<List<ReceiptChange>> between(long from, long to) {
        if (from < floor) {
            return Optional.empty();
        }
        List<ReceiptChange> found = new ArrayList<>();
        for (ReceiptChange change : changes) {
            if (change.position() > from && change.position() <= to) {
                found.add(change);
            }
        }
        return Optional.of(found);
    }
}
