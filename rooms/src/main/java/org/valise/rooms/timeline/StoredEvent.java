package org.valise.rooms.timeline;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;

/// An event with what this server knows of it. Immutable but for its position, which is learned
/// once, when the commit that makes it visible is through.
///
/// Numbers are 0 where there is none: [#key()] of a message, [#snapshotBefore()] of an outlier,
/// [#redactedBy()] of an event with its content.
public final class StoredEvent {
    private final long room;
    private final long number;
    private final Event event;
    private final EventStatus status;
    private final long key;
    private final long sender;
    private final long snapshotBefore;
    private final @Nullable RoomOrder order;
    private final long redactedBy;
    private final long session;
    private final @Nullable String transactionId;
    private volatile long position;
    private volatile byte @Nullable [] renderedHead;

    StoredEvent(
            long room,
            long number,
            Event event,
            EventStatus status,
            long key,
            long sender,
            long snapshotBefore,
            @Nullable RoomOrder order,
            long redactedBy,
            long session,
            @Nullable String transactionId,
            long position) {
        this.room = room;
        this.number = number;
        this.event = event;
        this.status = status;
        this.key = key;
        this.sender = sender;
        this.snapshotBefore = snapshotBefore;
        this.order = order;
        this.redactedBy = redactedBy;
        this.session = session;
        this.transactionId = transactionId;
        this.position = position;
    }

    /// A new event, not committed yet.
    public static StoredEvent draft(
            long room,
            long number,
            Event event,
            EventStatus status,
            long key,
            long sender,
            long snapshotBefore,
            @Nullable RoomOrder order,
            long session,
            @Nullable String transactionId) {
        return new StoredEvent(
                room,
                number,
                event,
                status,
                key,
                sender,
                snapshotBefore,
                order,
                0,
                session,
                transactionId,
                0);
    }

    public long room() {
        return room;
    }

    public long number() {
        return number;
    }

    public Event event() {
        return event;
    }

    public EventId id() {
        return event.id();
    }

    public EventStatus status() {
        return status;
    }

    /// Whether its place among the room's events, and so the state before it, is known. Of the rest
    /// only the content is known: outliers, rejected ones among them, and what waits for ancestors.
    public boolean isInGraph() {
        return switch (status) {
            case ACCEPTED, SOFT_FAILED, WITHHELD -> true;
            case REJECTED -> snapshotBefore != 0 || event.prevEvents().isEmpty();
            case OUTLIER, WAITING -> false;
        };
    }

    /// The number of its (type, state key).
    public long key() {
        return key;
    }

    public boolean isState() {
        return key != 0;
    }

    /// The sender's number.
    public long sender() {
        return sender;
    }

    /// The state before it.
    public long snapshotBefore() {
        return snapshotBefore;
    }

    /// Its place in the room; null for an outlier.
    public @Nullable RoomOrder order() {
        return order;
    }

    /// When it became visible; 0 if it never did, or is not committed yet.
    public long position() {
        return position;
    }

    public void committedAt(long position) {
        this.position = position;
    }

    /// The redaction that took its content.
    public long redactedBy() {
        return redactedBy;
    }

    /// The session that sent it here, and the transaction id it gave.
    public long session() {
        return session;
    }

    public @Nullable String transactionId() {
        return transactionId;
    }

    /// What a renderer made of it for every reader; null if it did not yet.
    public byte @Nullable [] renderedHead() {
        return renderedHead;
    }

    public void rememberRenderedHead(byte[] rendered) {
        renderedHead = rendered;
    }

    /// This event without what its redaction takes away.
    public StoredEvent redacted(Event withoutContent, long redaction) {
        return new StoredEvent(
                room,
                number,
                withoutContent,
                status,
                key,
                sender,
                snapshotBefore,
                order,
                redaction,
                session,
                transactionId,
                position);
    }

    /// This redaction as readers are not shown it.
    public StoredEvent withheld() {
        return as(EventStatus.WITHHELD, order);
    }

    /// This redaction as readers are shown it from now on.
    public StoredEvent released(RoomOrder place) {
        return as(EventStatus.ACCEPTED, place);
    }

    /// This event in another place, before it is committed.
    public StoredEvent at(RoomOrder place) {
        return as(status, place);
    }

    private StoredEvent as(EventStatus other, @Nullable RoomOrder place) {
        return new StoredEvent(
                room,
                number,
                event,
                other,
                key,
                sender,
                snapshotBefore,
                place,
                redactedBy,
                session,
                transactionId,
                0);
    }

    @Override
    public String toString() {
        return event.id() + " (" + status + " at " + position + ")";
    }
}
