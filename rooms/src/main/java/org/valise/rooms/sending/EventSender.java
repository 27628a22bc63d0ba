package org.valise.rooms.sending;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.http.TransactionKey;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.DuplicateRequestException;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.lane.SentTransactionStore;
import org.valise.rooms.members.NotInRoom;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// Sends the events of local users.
public final class EventSender {
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final Lanes lanes;
    private final RoomStore rooms;
    private final Events events;
    private final SentTransactionStore transactions;
    private final RelationGuard relations;

    /// Spares retries on this node the refused commit; the database is what makes them exact.
    private final Cache<TransactionKey, EventId> answered =
            Caffeine.newBuilder().maximumSize(50_000).expireAfterWrite(REMEMBERED).build();

    public EventSender(
            Lanes lanes,
            RoomStore rooms,
            Events events,
            SentTransactionStore transactions,
            RelationGuard relations) {
        this.lanes = lanes;
        this.rooms = rooms;
        this.events = events;
        this.transactions = transactions;
        this.relations = relations;
    }

    /// A message event, once a transaction.
    ///
    /// @return the id of the event that this transaction made, now or before
    public EventId send(TransactionKey transaction, String txnId, RoomId room, Draft draft) {
        return send(transaction, txnId, room, draft, writer -> relations.check(writer, draft));
    }

    /// A redaction of an event of the room. Whoever may redact everything there may redact what has
    /// not come yet, if it can come from elsewhere: of the redaction and its target either may come
    /// first.
    ///
    /// @throws MatrixException 404 if the room has no such event, 403 if the sender may not redact
    ///   it
    public EventId redact(
            TransactionKey transaction, String txnId, RoomId room, EventId target, Draft draft) {
        return send(
                transaction,
                txnId,
                room,
                draft.redacting(target),
                writer -> {
                    // SECURITY: before anything is said about the event.
                    if (writer.membership(draft.sender()).isEmpty()) {
                        throw NotInRoom.refusal(draft.sender());
                    }
                    mustBeRedactable(writer, target, draft.sender());
                });
    }

    /// NOTSPEC: a server may take redactions that will have no effect; a person who may not redact
    /// is told so at once.
    private void mustBeRedactable(RoomWriter writer, EventId target, UserId sender) {
        Optional<StoredEvent> known =
                events.byId(target).filter(event -> event.room() == writer.room().number());
        boolean redactsAll =
                writer.powerLevels().userLevel(sender) >= writer.powerLevels().redact();
        // SECURITY: whether another room has that event makes no difference.
        if (known.isEmpty() && !(redactsAll && writer.isElsewhere())) {
            throw new MatrixException(ErrorCode.M_NOT_FOUND, "No such event");
        }
        if (known.isPresent() && !known.get().event().sender().equals(sender) && !redactsAll) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "You may not redact other people's events");
        }
    }

    /// A state event. Not bound to a transaction: the client API gives it none.
    public EventId sendState(RoomId room, Draft draft) {
        return sendState(room, draft, writer -> {});
    }

    /// @param guard asked when the room's rules allow the event; what it throws keeps it from being
    ///   sent
    EventId sendState(RoomId room, Draft draft, Consumer<RoomWriter> guard) {
        return lanes.write(
                room(room, draft),
                writer -> {
                    StoredEvent sent = writer.send(draft);
                    guard.accept(writer);
                    return sent.id();
                });
    }

    private EventId send(
            TransactionKey transaction,
            String txnId,
            RoomId room,
            Draft draft,
            Consumer<RoomWriter> guard) {
        EventId before = answered.getIfPresent(transaction);
        if (before != null) {
            return before;
        }
        EventId id;
        try {
            id = sendOnce(transaction, room, draft.from(transaction.session(), txnId), guard);
        } catch (DuplicateRequestException twin) {
            id =
                    transactions
                            .find(transaction.session(), transaction.hash())
                            .orElseThrow(() -> new IllegalStateException("a twin left no event"));
        }
        answered.put(transaction, id);
        return id;
    }

    private EventId sendOnce(
            TransactionKey transaction, RoomId room, Draft draft, Consumer<RoomWriter> guard) {
        return lanes.write(
                room(room, draft),
                writer -> {
                    guard.accept(writer);
                    EventId sent = writer.send(draft).id();
                    writer.attach(
                            SentTransactionStore.INSERT,
                            transaction.session(),
                            transaction.hash(),
                            sent.value());
                    return sent;
                });
    }

    /// @throws MatrixException 403 if it is not known here
    RoomRef room(RoomId room, Draft draft) {
        return rooms.find(room).orElseThrow(() -> NotInRoom.refusal(draft.sender()));
    }
}
