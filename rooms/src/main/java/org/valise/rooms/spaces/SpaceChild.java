package org.valise.rooms.spaces;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonString;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Comparator;
import java.util.Optional;

/// A link from a space to one of its rooms.
///
/// @param order its valid `order`; null for none
record SpaceChild(RoomId room, StoredEvent event, @Nullable String order) {
    private static final int MAX_ORDER = 50;

    /// "First order the children with a valid `order` key lexicographically […]. Then, take the
    /// remaining children and order them by the `origin_server_ts` […] in ascending numeric order."
    static final Comparator<SpaceChild> ORDER =
            Comparator.<SpaceChild, String>comparing(
                            SpaceChild::order, Comparator.nullsLast(Comparator.naturalOrder()))
                    .thenComparingLong(child -> child.event.event().originServerTs())
                    .thenComparing(child -> child.room.value());

    /// Empty unless `via` names a server: "Child rooms can be removed from a space by omitting the
    /// `via` key".
    static Optional<SpaceChild> of(StoredEvent stored) {
        Event event = stored.event();
        boolean linked =
                event.content()
                        .array("via")
                        .filter(via -> via.values().stream().anyMatch(JsonString.class::isInstance))
                        .isPresent();
        String key = event.stateKey();
        if (!linked || key == null) {
            return Optional.empty();
        }
        String order = event.content().string("order").filter(SpaceChild::isValid).orElse(null);
        return RoomId.tryParse(key).map(room -> new SpaceChild(room, stored, order));
    }

    boolean isSuggested() {
        return event.event().content().bool("suggested").orElse(false);
    }

    /// "Must consist of ASCII characters within the range `\x20` to `\x7E`, inclusive. Must not
    /// exceed 50 characters."
    private static boolean isValid(String order) {
        return order.length() <= MAX_ORDER && order.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
    }
}
