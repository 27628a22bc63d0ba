package org.valise.rooms.serving;

import org.valise.platform.http.Call;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.ServerSight;
import org.valise.rooms.visibility.ServerVisibility;

import java.util.List;
import java.util.Optional;

/// Decides of which rooms another server may ask, and what it is shown of them.
public final class AskedRooms {
    private final RoomStore rooms;
    private final RoomServers servers;
    private final Events events;
    private final ServerVisibility visibility;

    public AskedRooms(
            RoomStore rooms, RoomServers servers, Events events, ServerVisibility visibility) {
        this.rooms = rooms;
        this.servers = servers;
        this.events = events;
        this.visibility = visibility;
    }

    /// A room that the asking server is in.
    public record Asked(RoomRef room, ServerSight sight) {
        long number() {
            return room.number();
        }
    }

    /// The room in the path.
    ///
    /// @throws MatrixException 403. SECURITY: the same for a room that is not known here, or not
    ///   any more, for one that the server is not in, and for one whose access control list denies
    ///   it
    public Asked room(Call call) {
        return rooms.find(call.path("roomId", RoomId::parse))
                .filter(room -> mayAsk(call.origin(), room))
                .map(room -> asked(call.origin(), room))
                .orElseThrow(() ->
                        new MatrixException(ErrorCode.M_FORBIDDEN, "Host not in room.")
                                .status(403));
    }

    /// An event of that room whose place in it is known.
    ///
    /// @throws MatrixException 404
    StoredEvent placed(Asked asked, EventId id) {
        return events.byId(id)
                .filter(event -> event.room() == asked.number() && isPlaced(event))
                .orElseThrow(() -> notFound(id));
    }

    private static boolean isPlaced(StoredEvent event) {
        return switch (event.status()) {
            case ACCEPTED, SOFT_FAILED, WITHHELD -> true;
            case REJECTED, OUTLIER, WAITING -> false;
        };
    }

    /// An event of that room, or one that is known by its content alone.
    ///
    /// @throws MatrixException 404
    StoredEvent known(Asked asked, EventId id) {
        return events.byId(id)
                .filter(event -> event.room() == asked.number() && isKnown(event))
                .orElseThrow(() -> notFound(id));
    }

    private static boolean isKnown(StoredEvent event) {
        return isPlaced(event) || event.status() == EventStatus.OUTLIER;
    }

    /// An event as the server may see it, whatever room it is of.
    ///
    /// @throws MatrixException 404, the same for what is not here and for what it may not ask of
    StoredEvent anywhere(ServerName server, EventId id) {
        return events.byId(id)
                .filter(AskedRooms::isKnown)
                .flatMap(event -> shown(server, event))
                .orElseThrow(() -> notFound(id));
    }

    private Optional<StoredEvent> shown(ServerName server, StoredEvent event) {
        RoomRef room = rooms.get(event.room());
        return mayAsk(server, room)
                ? Optional.of(asked(server, room).sight().shown(List.of(event)).getFirst())
                : Optional.empty();
    }

    /// When its last user has left, this server has nothing to tell of a room any more.
    private boolean mayAsk(ServerName server, RoomRef room) {
        return servers.isHere(room.number())
                && servers.isIn(room.number(), server)
                && servers.allowed(room.number(), server);
    }

    private Asked asked(ServerName server, RoomRef room) {
        return new Asked(room, visibility.of(server, room.number()));
    }

    private static MatrixException notFound(EventId id) {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "Could not find event " + id.value());
    }
}
