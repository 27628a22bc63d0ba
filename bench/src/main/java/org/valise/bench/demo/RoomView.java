package org.valise.bench.demo;

import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonObject;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a server thinks of a room.
///
/// @param events the last ones, oldest first
/// @param entries how many state events there are
/// @param state a hash of them: servers that agree have the same
/// @param extremities the events that no other one follows yet
/// @param topic empty if there is none
record RoomView(
        List<Seen> events, int entries, String state, Set<String> extremities, String topic) {
    static final RoomView NOTHING = new RoomView(List.of(), 0, "", Set.of(), "");

    private static final int HASH_SHOWN = 12;

    /// An event as a server has it.
    ///
    /// @param isTalk whether somebody says something, rather than does something
    /// @param text what it says, for people
    /// @param sent milliseconds since 1970, by its sender's clock
    /// @param arrived the same, when its members here could read it; [#LONG_AGO] if nobody looked
    record Seen(
            String id,
            String sender,
            boolean isTalk,
            String text,
            long sent,
            long arrived,
            List<String> previous) {
        static final long LONG_AGO = 0;

        static Seen of(Event event, long arrived) {
            return new Seen(
                    event.id().value(),
                    event.sender().value(),
                    event.type().equals(EventTypes.MESSAGE),
                    text(event),
                    event.originServerTs(),
                    arrived,
                    event.prevEvents().stream().map(EventId::value).toList());
        }

        private static String text(Event event) {
            JsonObject content = event.content();
            return switch (event.type()) {
                case EventTypes.MESSAGE -> content.string("body").orElse("");
                case EventTypes.CREATE -> "made the room";
                case EventTypes.NAME ->
                        "called the room \u201c" + content.string("name").orElse("") + "\u201d";
                case EventTypes.TOPIC ->
                        "set the topic \u201c" + content.string("topic").orElse("") + "\u201d";
                case EventTypes.MEMBER -> membership(event);
                default -> "set the " + event.type().replace("m.room.", "").replace('_', ' ');
            };
        }

        private static String membership(Event event) {
            String whom = String.valueOf(event.stateKey());
            boolean own = whom.equals(event.sender().value());
            return switch (event.content().string("membership").orElse("")) {
                case "join" -> "joined";
                case "invite" -> "invited " + whom;
                case "leave" -> own ? "left" : "put out " + whom;
                case "ban" -> "banned " + whom;
                default -> "knocked";
            };
        }

        JsonObject json() {
            JsonObject.Builder json =
                    JsonObject.builder()
                            .put("id", id)
                            .put("sender", sender)
                            .put("talk", isTalk)
                            .put("text", text);
            if (arrived != LONG_AGO) {
                json.put("delay", Math.max(0, arrived - sent));
            }
            return json.build();
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
        return new RoomView(
                List.copyOf(events), entries.size(), hash(entries), extremities, topic(state));
    }

    private static String topic(List<JsonObject> state) {
        return state.stream()
                .filter(event -> event.string("type").equals(Optional.of(EventTypes.TOPIC)))
                .flatMap(event -> event.object("content").stream())
                .flatMap(content -> content.string("topic").stream())
                .findFirst()
                .orElse("");
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
