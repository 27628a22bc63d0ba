package org.valise.bench.demo;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonObject;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a server thinks of a room.
///
/// @param events the last ones, oldest first
/// @param entries how many state events there are
/// @param state a hash of them: servers that agree have the same
/// @param extremities the events that no other one follows yet
record RoomView(List<Seen> events, int entries, String state, Set<String> extremities) {
    static final RoomView NOTHING = new RoomView(List.of(), 0, "", Set.of());

    private static final int HASH_SHOWN = 12;

    /// An event as a server has it.
    ///
    /// @param text what it says, for people
    /// @param sent milliseconds since 1970, by its sender's clock
    /// @param arrived the same, when its members here could read it
    record Seen(
            String id, String sender, String text, long sent, long arrived, List<String> previous) {
        static Seen of(Event event, long arrived) {
            return new Seen(
                    event.id().value(),
                    event.sender().value(),
                    text(event),
                    event.originServerTs(),
                    arrived,
                    event.prevEvents().stream().map(EventId::value).toList());
        }

        private static String text(Event event) {
            JsonObject content = event.content();
            return switch (event.type()) {
                case "m.room.message" -> content.string("body").orElse("");
                case "m.room.topic" -> "topic: " + content.string("topic").orElse("");
                case "m.room.member" ->
                        content.string("membership").orElse("") + ": " + event.stateKey();
                default -> event.type();
            };
        }

        JsonObject json() {
            return JsonObject.builder()
                    .put("id", id)
                    .put("sender", sender)
                    .put("text", text)
                    .put("sent", sent)
                    .put("delay", Math.max(0, arrived - sent))
                    .build();
        }
    }

    /// @param state the events of the room's state, as `GET …/state` answers
    static RoomView of(List<Seen> events, List<JsonObject> state) {
        Set<String> entries = new TreeSet<>();
        state.forEach(event ->
                entries.add(
                        "%s\n%s\n%s"
                                .formatted(
                                        event.string("type").orElse(""),
                                        event.string("state_key").orElse(""),
                                        event.string("event_id").orElse(""))));
        Set<String> extremities = new TreeSet<>();
        events.forEach(event -> extremities.add(event.id()));
        events.forEach(event -> extremities.removeAll(event.previous()));
        return new RoomView(List.copyOf(events), entries.size(), hash(entries), extremities);
    }

    private static String hash(Set<String> lines) {
        try {
            byte[] text = String.join("\n\n", lines).getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
            return HexFormat.of().formatHex(digest).substring(0, HASH_SHOWN);
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new AssertionError(everyPlatformHasIt);
        }
    }

    boolean agreesWith(RoomView other) {
        return !state.isEmpty()
                && state.equals(other.state)
                && extremities.equals(other.extremities);
    }
}
