package org.valise.rooms.reading;

import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.EventId;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Visibility;

/// Single events of a room, as its reader may see them.
public final class VisibleEvents {
    private final Events events;
    private final Visibility visibility;

    public VisibleEvents(Events events, Visibility visibility) {
        this.events = events;
        this.visibility = visibility;
    }

    /// @throws MatrixException 404, the same for what is not there and for what may not be seen
    StoredEvent find(Caller caller, Readable room, EventId id) {
        return events.byId(id)
                .filter(event -> event.room() == room.room().number())
                .filter(event -> event.position() <= room.asOf())
                .filter(event -> visibility.maySee(caller.user(), caller.userNumber(), event))
                .orElseThrow(VisibleEvents::notFound);
    }

    static MatrixException notFound() {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "Event not found");
    }
}
