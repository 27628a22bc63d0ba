package org.valise.rooms.state;

import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.rooms.state.StateCollectionStore.Blob;
import org.valise.rooms.state.StateCollectionStore.Progress;
import org.valise.rooms.state.StateNode.Branch;
import org.valise.rooms.state.StateNode.Child;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/// Deletes the blobs of a room in which no node is part of a state that a row refers to.
///
/// One sweep, from the newest blob back: nodes refer only to what was committed before them, so
/// when a blob's turn comes it is known which of its nodes are live. Each step is a short
/// transaction that remembers where it got to, so a sweep goes on after a restart, on any node; a
/// row lock keeps two nodes off the same room.
///
/// It is safe beside writers: what they write is newer than the sweep, and refers only to states
/// that some row referred to when the sweep began. Therefore rows that refer to states may only be
/// deleted by one who holds the room's fence (a head row of its own, so that what was built on the
/// old ones fails), and who asks for a collection in the same transaction.
public final class StateCollector {
    private static final int EVENTS_A_STEP = 10_000;
    private static final int BLOBS_A_STEP = 500;

    private final Database database;
    private final StateCollectionStore store = new StateCollectionStore();

    public StateCollector(Database database) {
        this.database = database;
    }

    /// To be called where rows of a room are deleted that referred to states.
    public void ask(Tx tx, long room) {
        store.ask(tx, room);
    }

    /// Goes on with one collection.
    ///
    /// @return false if there is none to go on with
    public boolean step() {
        return database.transaction(tx -> {
            Progress progress = store.next(tx).orElse(null);
            if (progress == null) {
                return false;
            }
            if (progress.serving() == 0) {
                begin(tx, progress);
            } else if (progress.event() >= 0) {
                noteRoots(tx, progress);
            } else {
                sweep(tx, progress);
            }
            return true;
        });
    }

    private void begin(Tx tx, Progress progress) {
        store.forgetRoots(tx, progress.room());
        store.save(tx, progress.beginning(store.lastPosition(tx)));
    }

    private void noteRoots(Tx tx, Progress progress) {
        long last = store.noteRootsOfEvents(tx, progress.room(), progress.event(), EVENTS_A_STEP);
        if (last < 0) {
            store.noteOtherRoots(tx, progress.room());
        }
        store.save(tx, progress.rootsUpTo(last));
    }

    private void sweep(Tx tx, Progress progress) {
        long room = progress.room();
        List<Blob> blobs =
                store.before(tx, room, progress.position(), progress.number(), BLOBS_A_STEP);
        if (blobs.isEmpty()) {
            if (progress.asked() == progress.serving()) {
                store.done(tx, progress);
            } else {
                begin(tx, progress); // it was asked for again in the meantime
            }
            return;
        }
        Set<Long> roots = store.takeRoots(tx, room, blobs);
        List<Long> garbage = new ArrayList<>();
        for (Blob blob : blobs) {
            if (!isLive(blob, roots.contains(blob.number()), progress.live())) {
                garbage.add(blob.number());
            }
        }
        store.delete(tx, room, garbage);
        store.save(tx, progress.at(blobs.getLast()));
    }

    /// Whether a blob is needed; what its live nodes refer to is live.
    private static boolean isLive(Blob blob, boolean isRoot, LiveNodes live) {
        Deque<Integer> open = new ArrayDeque<>(live.take(blob.number()));
        if (isRoot) {
            StateCodec.Roots roots = StateCodec.roots(blob.number(), blob.bytes());
            follow(roots.membersBlob(), roots.membersOffset(), blob, open, live);
            follow(roots.restBlob(), roots.restOffset(), blob, open, live);
        }
        boolean needed = isRoot || !open.isEmpty();
        while (!open.isEmpty()) {
            StateNode node = StateCodec.node(blob.number(), blob.bytes(), open.remove());
            if (node instanceof Branch branch) {
                for (Child child : branch.children) {
                    follow(child.blob(), child.offset(), blob, open, live);
                }
            }
        }
        return needed;
    }

    private static void follow(
            long target, int offset, Blob from, Deque<Integer> open, LiveNodes live) {
        if (target == from.number()) {
            open.add(offset);
        } else if (target != 0) {
            live.add(target, offset);
        }
    }
}
