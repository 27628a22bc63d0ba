package org.valise.rooms.upgrades;

import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a replacement begins with. Pure.
///
/// @param state after the create event and the join of who upgrades, in order
record UpgradePlan(JsonObject createContent, List<Entry> state) {
    /// Transferable state, "the recommended state events to transfer" but for the levels: those
    /// come last, so that they do not bind who sends the rest.
    private static final List<String> TRANSFERRED =
            List.of(
                    EventTypes.SERVER_ACL,
                    EventTypes.ENCRYPTION,
                    EventTypes.NAME,
                    EventTypes.AVATAR,
                    EventTypes.TOPIC,
                    EventTypes.GUEST_ACCESS,
                    EventTypes.HISTORY_VISIBILITY,
                    EventTypes.CANONICAL_ALIAS);

    /// One state event to send.
    record Entry(StateKey key, JsonObject content) {}

    /// @param creators besides who upgrades
    static UpgradePlan of(
            OldRoom old, RoomVersion version, UserId upgrader, List<UserId> creators) {
        List<Entry> state = new ArrayList<>();
        for (String type : TRANSFERRED) {
            old.content(type).ifPresent(content -> state.add(entry(type, content)));
        }
        old.content(EventTypes.JOIN_RULES)
                .ifPresent(rules ->
                        state.add(entry(EventTypes.JOIN_RULES, joinRules(rules, version))));
        if (old.isSpace()) {
            state.addAll(children(old));
        }
        levels(old, version, upgrader, creators)
                .ifPresent(levels -> state.add(entry(EventTypes.POWER_LEVELS, levels)));
        return new UpgradePlan(createContent(old, version, upgrader, creators), List.copyOf(state));
    }

    private static Entry entry(String type, JsonObject content) {
        return new Entry(new StateKey(type, ""), content);
    }

    /// "A `predecessor` field, the applicable `room_version`, and a `type` field which is copied
    /// from the predecessor room." A room that other servers may not enter stays one.
    private static JsonObject createContent(
            OldRoom old, RoomVersion version, UserId upgrader, List<UserId> creators) {
        JsonObject before = old.create().content();
        JsonObject predecessor = JsonObject.of("room_id", old.id());
        // "When upgrading to room version 12 or later, the `event_id` property […] MAY be omitted":
        // nobody needs it, and it would have to be the tombstone, which names this room.
        EventId last = old.last();
        if (last != null && !version.has(Tweak.ROOM_ID_IS_HASH)) {
            predecessor = predecessor.with("event_id", last.value());
        }
        JsonObject.Builder content =
                JsonObject.builder()
                        .put("room_version", version.id())
                        .put("predecessor", predecessor);
        before.string("type").ifPresent(type -> content.put("type", type));
        before.bool("m.federate").ifPresent(federate -> content.put("m.federate", federate));
        if (!version.has(Tweak.CREATOR_IS_SENDER)) {
            content.put("creator", upgrader.value());
        }
        Set<String> further = new LinkedHashSet<>();
        creators.forEach(creator -> further.add(creator.value()));
        further.remove(upgrader.value());
        if (version.has(Tweak.PRIVILEGED_CREATORS) && !further.isEmpty()) {
            content.put("additional_creators", JsonArray.of(further));
        }
        return content.build();
    }

    /// A join rule that the new version does not know would let nobody in, ever.
    private static JsonObject joinRules(JsonObject before, RoomVersion version) {
        boolean known =
                switch (before.string("join_rule").orElse("")) {
                    case "knock" -> version.has(Tweak.KNOCKING);
                    case "restricted" -> version.has(Tweak.RESTRICTED_JOINS);
                    case "knock_restricted" -> version.has(Tweak.KNOCK_RESTRICTED);
                    default -> true;
                };
        return known ? before : before.with("join_rule", "invite");
    }

    private static List<Entry> children(OldRoom old) {
        List<Entry> children = new ArrayList<>();
        old.state()
                .forEach((key, event) -> {
                    if (key.type().equals(EventTypes.SPACE_CHILD)
                            && event.content()
                                    .array("via")
                                    .filter(via -> !via.isEmpty())
                                    .isPresent()) {
                        children.add(new Entry(key, event.content()));
                    }
                });
        children.sort((one, other) -> one.key().compareTo(other.key()));
        return children;
    }

    private static Optional<JsonObject> levels(
            OldRoom old, RoomVersion version, UserId upgrader, List<UserId> creators) {
        List<UserId> all = new ArrayList<>(creators);
        all.add(upgrader);
        return old.content(EventTypes.POWER_LEVELS)
                .map(before -> TransferredLevels.of(before, privilegedCreators(old), version, all));
    }

    private static List<UserId> privilegedCreators(OldRoom old) {
        if (!old.version().has(Tweak.PRIVILEGED_CREATORS)) {
            return List.of();
        }
        PowerLevels levels = old.levels();
        Event create = old.create();
        List<UserId> candidates = new ArrayList<>();
        candidates.add(create.sender());
        create.content().array("additional_creators").orElse(JsonArray.of()).strings().stream()
                .map(UserId::tryParse)
                .flatMap(Optional::stream)
                .forEach(candidates::add);
        return candidates.stream().filter(levels::isCreator).distinct().toList();
    }
}
