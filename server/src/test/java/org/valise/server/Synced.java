package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// An answer of `/sync`, and how to get one.
record Synced(JsonObject json) {
    private static final String SYNC = "/_matrix/client/v3/sync";

    /// @param query such as `full_state=true`; empty for none
    static Synced initial(TestClient who, String query) {
        return ask(who, query.isEmpty() ? SYNC : SYNC + "?" + query);
    }

    static Synced initial(TestClient who) {
        return initial(who, "");
    }

    /// What is new since this answer.
    Synced next(TestClient who, String query) {
        return ask(who, SYNC + "?since=" + token() + (query.isEmpty() ? "" : "&" + query));
    }

    Synced next(TestClient who) {
        return next(who, "");
    }

    private static Synced ask(TestClient who, String target) {
        TestClient.Answer answer = who.get(target);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return new Synced(answer.json());
    }

    static String filter(String json) {
        return "filter=" + encoded(json);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    String token() {
        return json.string("next_batch").orElseThrow();
    }

    /// @param section `join`, `invite`, `knock` or `leave`
    Optional<Room> in(String section, String room) {
        return json.object("rooms")
                .flatMap(rooms -> rooms.object(section))
                .flatMap(rooms -> rooms.object(room))
                .map(Room::new);
    }

    Room joined(String room) {
        return in("join", room).orElseThrow(() -> new AssertionError(room + " is not in " + json));
    }

    Room left(String room) {
        return in("leave", room)
                .orElseThrow(() -> new AssertionError(room + " is not left in " + json));
    }

    /// Events outside rooms.
    ///
    /// @param section `account_data` or `presence`
    List<JsonObject> events(String section) {
        return new Room(json).events(section);
    }

    /// Follows the sync until somebody is in a field of the device lists.
    ///
    /// @param field `changed` or `left`
    Synced awaitDevices(TestClient who, String field, String user) {
        Synced[] last = {this};
        return Waiting.until(() -> {
            last[0] = last[0].next(who, "timeout=1000");
            return Optional.of(last[0])
                    .filter(sync ->
                            sync.json()
                                    .object("device_lists")
                                    .flatMap(lists -> lists.array(field))
                                    .map(users -> users.strings().contains(user))
                                    .orElse(false));
        });
    }

    /// Follows the sync until this holds after somebody's devices changed.
    Synced awaitChanged(TestClient who, String user, Supplier<Boolean> condition) {
        Synced[] last = {this};
        Waiting.untilTrue(() -> {
            last[0] = last[0].awaitDevices(who, "changed", user);
            return condition.get();
        });
        return last[0];
    }

    /// The bodies of messages to the device.
    List<String> messageBodies() {
        return json.object("to_device").flatMap(part -> part.array("events")).stream()
                .flatMap(events -> events.objects().stream())
                .map(event -> event.object("content").orElseThrow().string("body").orElseThrow())
                .toList();
    }

    /// One room of the answer.
    record Room(JsonObject json) {
        List<JsonObject> events(String section) {
            return json.object(section)
                    .flatMap(found -> found.array("events"))
                    .map(found -> found.objects())
                    .orElse(List.of());
        }

        List<String> types(String... sections) {
            return Stream.of(sections)
                    .flatMap(section -> events(section).stream())
                    .map(event -> event.string("type").orElseThrow())
                    .toList();
        }

        List<String> bodies() {
            return events("timeline").stream()
                    .filter(event -> event.string("type").orElse("").equals("m.room.message"))
                    .map(event -> event.object("content").orElseThrow())
                    .map(content -> content.string("body").orElse(""))
                    .toList();
        }

        boolean limited() {
            return json.object("timeline").flatMap(found -> found.bool("limited")).orElse(false);
        }

        String previous() {
            return json.object("timeline").flatMap(found -> found.string("prev_batch")).orElse("");
        }

        /// Whose member events a section has.
        List<String> members(String section) {
            return events(section).stream()
                    .filter(event -> event.string("type").orElse("").equals("m.room.member"))
                    .map(event -> event.string("state_key").orElseThrow())
                    .toList();
        }

        long notifications() {
            return count("notification_count");
        }

        long highlights() {
            return count("highlight_count");
        }

        private long count(String kind) {
            return json.object("unread_notifications")
                    .flatMap(counts -> counts.integer(kind))
                    .orElseThrow();
        }

        /// The content of the only event of a type in a section.
        JsonObject content(String section, String type) {
            return events(section).stream()
                    .filter(event -> event.string("type").orElse("").equals(type))
                    .reduce((one, other) -> {
                        throw new AssertionError("more than one " + type + " in " + json);
                    })
                    .orElseThrow(() -> new AssertionError("no " + type + " in " + json))
                    .object("content")
                    .orElseThrow();
        }
    }
}
