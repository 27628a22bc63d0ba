package org.valise.rooms.tokens;

import org.valise.rooms.timeline.RoomOrder;

import java.util.Optional;

/// The point in a room just before the event at a place of the room order.
public record OrderToken(RoomOrder place) implements Token {
    private static final String TAG = "t1";

    static Optional<OrderToken> tryParse(String text) {
        return TokenFields.read(TAG, text, 2, 2)
                .filter(fields -> fields[0] == (int) fields[0])
                .map(fields -> new OrderToken(new RoomOrder((int) fields[0], fields[1])));
    }

    /// The point just after an event.
    public static OrderToken after(RoomOrder event) {
        return new OrderToken(new RoomOrder(event.segment(), event.index() + 1));
    }

    @Override
    public String toString() {
        return TAG + "_" + place.segment() + "_" + place.index();
    }
}
