package org.valise.rooms.reading;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Call;
import org.valise.platform.stream.Stream;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.OrderToken;
import org.valise.rooms.tokens.StreamToken;
import org.valise.rooms.tokens.Token;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What tokens of either order mean in a room.
public final class TokenPlaces {
    /// How long a token may be ahead of this node: another node has just given it.
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final Stream stream;
    private final Events events;
    private final StateStore states;

    public TokenPlaces(Stream stream, Events events, StateStore states) {
        this.stream = stream;
        this.events = events;
        this.states = states;
    }

    /// Reads a token, and waits until this node has got there.
    Token settled(String text) throws InterruptedException {
        Token token = Token.parse(text);
        if (token instanceof StreamToken live && !stream.await(live.position(), CATCH_UP)) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "The token is from the future");
        }
        return token;
    }

    /// A token in the query; null if it is not given.
    @Nullable Token settled(Call call, String name) throws InterruptedException {
        Optional<String> given = call.query(name);
        return given.isPresent() ? settled(given.get()) : null;
    }

    /// The point in the room order: just before the event at this place.
    RoomOrder place(Token token, Readable room) {
        return switch (token) {
            case OrderToken(RoomOrder place) -> place;
            case StreamToken(long position, long _, _) -> afterNewest(room, position);
        };
    }

    private RoomOrder afterNewest(Readable room, long position) {
        List<StoredEvent> newest =
                events.store().between(room.room().number(), 0, Math.min(position, room.asOf()), 1);
        RoomOrder order = newest.isEmpty() ? null : newest.getFirst().order();
        return order == null ? RoomOrder.FIRST : OrderToken.after(order).place();
    }

    /// The state of the room at the token.
    StateSnapshot state(Token token, Readable room) {
        return switch (token) {
            case StreamToken(long position, long _, _) ->
                    room.view().stateAt(Math.min(position, room.asOf()));
            case OrderToken(RoomOrder place) -> {
                List<StoredEvent> next =
                        events.store().from(room.room().number(), place, room.asOf(), 2);
                yield next.isEmpty() ? room.state() : stateBefore(next, room);
            }
        };
    }

    private StateSnapshot stateBefore(List<StoredEvent> next, Readable room) {
        StoredEvent event = next.getFirst();
        // NOTSPEC: before its first event a room has no state. Who asks with a token for there (the
        // `prev_batch` of all there is) is told of the creator, whose join comes second.
        if (event.event().type().equals(EventTypes.CREATE)) {
            return room.view().stateAt(next.getLast().position());
        }
        return event.position() == 0
                ? states.snapshot(event.snapshotBefore())
                : room.view().stateAt(event.position() - 1);
    }
}
