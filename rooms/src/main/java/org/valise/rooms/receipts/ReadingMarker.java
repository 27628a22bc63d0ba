package org.valise.rooms.receipts;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.accountdata.AccountData;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.reading.Readable;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.relations.ThreadRoots;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Visibility;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Marks rooms as read.
public final class ReadingMarker {
    static final String FULLY_READ = "m.fully_read";
    private static final String MAIN = "main";
    private static final int MAX_HOPS = 3;

    private final RoomAccess access;
    private final Events events;
    private final Visibility visibility;
    private final Receipts receipts;
    private final AccountData accountData;

    public ReadingMarker(
            RoomAccess access,
            Events events,
            Visibility visibility,
            Receipts receipts,
            AccountData accountData) {
        this.access = access;
        this.events = events;
        this.visibility = visibility;
        this.receipts = receipts;
        this.accountData = accountData;
    }

    /// What is to be marked.
    ///
    /// @param type a receipt's type, or `m.fully_read`
    /// @param thread `main` or the root of a thread; null for the whole room
    record Mark(String type, EventId event, @Nullable String thread) {}

    /// Everything is checked before anything is written.
    ///
    /// @throws MatrixException 404 for an event that the caller does not see in the room, 400 for a
    ///   thread that does not fit
    void mark(Caller caller, RoomId roomId, List<Mark> marks, long ts) {
        Readable room = access.joined(caller, roomId);
        List<Receipt> wanted = new ArrayList<>();
        List<StoredEvent> fullyRead = new ArrayList<>();
        for (Mark mark : marks) {
            StoredEvent event = seen(caller, room, mark.event());
            Optional<ReceiptType> type = ReceiptType.of(mark.type());
            if (type.isEmpty()) {
                fullyRead.add(event);
                continue;
            }
            checkThread(event, mark.thread());
            wanted.add(
                    new Receipt(
                            event.room(),
                            caller.userNumber(),
                            type.get(),
                            mark.thread(),
                            event.id(),
                            event.position(),
                            ts));
        }
        receipts.put(wanted);
        for (StoredEvent event : fullyRead) {
            fullyRead(caller, roomId, event);
        }
    }

    private StoredEvent seen(Caller caller, Readable room, EventId id) {
        return events.byId(id)
                .filter(event -> event.room() == room.room().number())
                .filter(event -> visibility.maySee(caller.user(), caller.userNumber(), event))
                .orElseThrow(() -> new MatrixException(ErrorCode.M_NOT_FOUND, "Event not found"));
    }

    private void checkThread(StoredEvent event, @Nullable String thread) {
        if (thread == null) {
            return;
        }
        if (thread.equals(MAIN)) {
            if (rootOf(event).isPresent()) {
                throw invalid("The event is in a thread, not in the main timeline");
            }
            return;
        }
        EventId root =
                EventId.tryParse(thread)
                        .orElseThrow(() -> invalid("thread_id is neither main nor an event"));
        if (!rootOf(event).or(() -> farthestParent(event, root)).equals(Optional.of(root))) {
            throw invalid("The event is not in that thread");
        }
    }

    private Optional<EventId> rootOf(StoredEvent event) {
        return ThreadRoots.rootOf(
                event.event().content(),
                id -> inRoom(event, id).map(parent -> parent.event().content()).orElse(null));
    }

    /// The root itself, and what relates to it (a reaction, an edit), may be marked in its thread
    /// too.
    private Optional<EventId> farthestParent(StoredEvent event, EventId root) {
        Optional<StoredEvent> here = Optional.of(event);
        for (int hop = 0; hop <= MAX_HOPS && here.isPresent(); hop++) {
            if (here.get().id().equals(root)) {
                return Optional.of(root);
            }
            here =
                    here.get()
                            .event()
                            .content()
                            .object("m.relates_to")
                            .flatMap(relation -> relation.string("event_id"))
                            .flatMap(EventId::tryParse)
                            .flatMap(id -> inRoom(event, id));
        }
        return Optional.empty();
    }

    private Optional<StoredEvent> inRoom(StoredEvent event, EventId id) {
        return events.byId(id).filter(found -> found.room() == event.room());
    }

    private void fullyRead(Caller caller, RoomId room, StoredEvent event) {
        JsonObject marker = JsonObject.of("event_id", event.id().value());
        accountData.update(
                caller.userNumber(),
                room,
                FULLY_READ,
                before -> isAhead(event, before) ? marker : before);
    }

    /// The marker never goes back.
    private boolean isAhead(StoredEvent event, JsonObject before) {
        return before.string("event_id")
                .flatMap(EventId::tryParse)
                .flatMap(id -> inRoom(event, id))
                .filter(marked -> marked.position() >= event.position())
                .isEmpty();
    }

    static MatrixException invalid(String why) {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, why);
    }
}
