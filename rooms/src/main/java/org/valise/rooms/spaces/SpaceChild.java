package org.valise.rooms.spaces;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A link from a space to one of its rooms.
///
/// @param ts when it was made, in milliseconds since 1970
/// @param order its valid `order`; null for none
record SpaceChild(RoomId room, JsonObject content, String sender, long ts, @Nullable String order) {
    private static final int MAX_ORDER = 50;

    /// "First order the children with a valid `order` key lexicographically […]. Then, take the
    /// remaining children and order them by the `origin_server_ts` […] in ascending numeric order."
    static final Comparator<SpaceChild> ORDER =
            Comparator.<SpaceChild, String>comparing(
                            SpaceChild::order, Comparator.nullsLast(Comparator.naturalOrder()))
                    .thenComparingLong(SpaceChild::ts)
                    .thenComparing(child -> child.room.value());

    static Optional<SpaceChild> of(Event event) {
        return of(
                Optional.ofNullable(event.stateKey()),
                event.content(),
                event.sender().value(),
                event.originServerTs());
    }

    /// One that another server tells of: stripped state with an `origin_server_ts`.
    static Optional<SpaceChild> ofStripped(JsonObject link) {
        return link.string("type").equals(Optional.of(EventTypes.SPACE_CHILD))
                ? of(
                        link.string("state_key"),
                        link.object("content").orElse(JsonObject.of()),
                        link.string("sender")
                                .filter(sender -> UserId.tryParse(sender).isPresent())
                                .orElse(""),
                        link.integer("origin_server_ts").orElse(0L))
                : Optional.empty();
    }

    /// Empty unless `via` names a server: "Child rooms can be removed from a space by omitting the
    /// `via` key".
    private static Optional<SpaceChild> of(
            Optional<String> key, JsonObject content, String sender, long ts) {
        boolean linked =
                content.array("via")
                        .filter(via -> via.values().stream().anyMatch(JsonString.class::isInstance))
                        .isPresent();
        String order = content.string("order").filter(SpaceChild::isValid).orElse(null);
        return key.filter(any -> linked && !sender.isEmpty())
                .flatMap(RoomId::tryParse)
                .map(room -> new SpaceChild(room, content, sender, ts, order));
    }

    boolean isSuggested() {
        return content.bool("suggested").orElse(false);
    }

    /// The servers that are said to know the room.
    List<ServerName> via() {
        return content.array("via").orElse(JsonArray.of()).strings().stream()
                .flatMap(name -> ServerName.tryParse(name).stream())
                .toList();
    }

    /// Stripped state with an added `origin_server_ts`.
    JsonObject stripped() {
        return JsonObject.of(
                "content",
                content,
                "origin_server_ts",
                ts,
                "sender",
                sender,
                "state_key",
                room.value(),
                "type",
                EventTypes.SPACE_CHILD);
    }

    /// "Must consist of ASCII characters within the range `\x20` to `\x7E`, inclusive. Must not
    /// exceed 50 characters."
    private static boolean isValid(String order) {
        return order.length() <= MAX_ORDER && order.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
    }
}
