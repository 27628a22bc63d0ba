package org.valise.protocol.authrules;

import org.valise.protocol.event.Event;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonNull;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Rooms and events that are mostly likely and partly nonsense.
final class RandomRoom {

    private static final List<String> USERS =
            List.of(
                    Events.CREATOR,
                    "@mod:here.test",
                    "@user:here.test",
                    "@far:there.test",
                    "@x:y.test:8448");
    private static final List<String> TYPES =
            List.of(
                    "m.room.member",
                    "m.room.power_levels",
                    "m.room.join_rules",
                    "m.room.third_party_invite",
                    "m.room.aliases",
                    "m.room.redaction",
                    "m.room.message",
                    "m.room.topic");
    private static final List<String> MEMBERSHIPS =
            List.of("join", "invite", "leave", "ban", "knock", "visit");
    private static final List<String> JOIN_RULES =
            List.of("public", "invite", "knock", "restricted", "knock_restricted", "private");
    static final List<String> LEVELS =
            List.of(
                    "users_default",
                    "events_default",
                    "state_default",
                    "ban",
                    "redact",
                    "kick",
                    "invite");

    private final RandomGenerator random;
    private final Events events;

    RandomRoom(RoomVersion version, RandomGenerator random) {
        this.random = random;
        this.events = new Events(version);
    }

    List<Event> state() {
        List<Event> state = new ArrayList<>();
        if (often()) {
            state.add(events.create(createContent()));
        }
        for (String user : USERS) {
            if (often()) {
                state.add(events.member(user, often() ? "join" : pick(MEMBERSHIPS)));
            }
        }
        if (often()) {
            state.add(events.state("m.room.power_levels", powerLevels()));
        }
        if (often()) {
            state.add(
                    events.state(
                            "m.room.join_rules", JsonObject.of("join_rule", pick(JOIN_RULES))));
        }
        if (random.nextBoolean()) {
            state.add(
                    events.of(
                            "invite",
                            JsonObject.of(
                                    "type",
                                    "m.room.third_party_invite",
                                    "state_key",
                                    "abc",
                                    "content",
                                    inviteContent())));
        }
        if (seldom()) {
            state.add(events.state(pick(TYPES), object()));
        }
        return state;
    }

    Event event() {
        String type = pick(TYPES);
        JsonObject.Builder event =
                JsonObject.builder().put("type", type).put("sender", pick(USERS));
        if (often()) {
            event.put("state_key", stateKey(type));
        }
        if (random.nextInt(3) == 0) {
            event.put("prev", JsonArray.of("create"));
        }
        if (random.nextBoolean()) {
            event.put("redacts", "$message:here.test");
        }
        if (seldom()) {
            event.put("room_id", "other");
        }
        if (random.nextBoolean()) {
            event.put("signed_by", JsonArray.of("here.test"));
        }
        return events.of(
                "event", event.put("content", seldom() ? object() : content(type)).build());
    }

    /// Auth events that were chosen by a blind.
    List<Event> anything() {
        List<Event> some = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            some.add(event());
        }
        return some;
    }

    private String stateKey(String type) {
        return switch (type) {
            case "m.room.member" -> pick(USERS);
            case "m.room.third_party_invite" -> "abc";
            case "m.room.aliases" -> "here.test";
            default -> often() ? "" : pick(USERS);
        };
    }

    private JsonObject content(String type) {
        return switch (type) {
            case "m.room.member" -> member();
            case "m.room.power_levels" -> powerLevels();
            case "m.room.join_rules" -> JsonObject.of("join_rule", pick(JOIN_RULES));
            default -> object();
        };
    }

    private JsonObject createContent() {
        JsonObject.Builder content = JsonObject.builder();
        if (random.nextInt(4) == 0) {
            content.put("m.federate", often() ? false : value(1));
        }
        if (random.nextBoolean()) {
            content.put("additional_creators", often() ? JsonArray.of(pick(USERS)) : value(2));
        }
        return content.build();
    }

    private JsonObject member() {
        JsonObject.Builder content = JsonObject.builder();
        content.put("membership", often() ? pick(MEMBERSHIPS) : value(1));
        if (random.nextInt(4) == 0) {
            content.put("join_authorised_via_users_server", often() ? pick(USERS) : value(1));
        }
        if (random.nextInt(4) == 0) {
            JsonObject signed =
                    JsonObject.of(
                            "mxid",
                            pick(USERS),
                            "token",
                            often() ? "abc" : value(1),
                            "signatures",
                            value(3));
            content.put(
                    "third_party_invite",
                    often() ? JsonObject.of("signed", often() ? signed : value(2)) : value(2));
        }
        return content.build();
    }

    private JsonObject inviteContent() {
        return JsonObject.of("public_key", value(1), "public_keys", value(3));
    }

    JsonObject powerLevels() {
        JsonObject.Builder content = JsonObject.builder();
        for (String level : LEVELS) {
            if (random.nextInt(3) == 0) {
                content.put(level, level());
            }
        }
        JsonObject.Builder users = JsonObject.builder();
        for (String user : USERS) {
            if (random.nextInt(3) > 0) {
                users.put(user, level());
            }
        }
        if (often()) {
            content.put("users", often() ? users.build() : value(2));
        }
        if (random.nextBoolean()) {
            content.put("events", often() ? levelsOf(TYPES) : value(2));
        }
        if (random.nextBoolean()) {
            content.put("notifications", often() ? levelsOf(List.of("room", "x")) : value(2));
        }
        return content.build();
    }

    /// An event that changes a little about these power levels.
    Event change(JsonObject powerLevels) {
        JsonObject changed = powerLevels;
        for (int i = random.nextInt(3); i >= 0; i--) {
            String key = pick(powerLevels.keys().isEmpty() ? LEVELS : powerLevels.keys());
            changed =
                    switch (random.nextInt(4)) {
                        case 0 -> changed.without(key);
                        case 1 -> changed.with(pick(LEVELS), level());
                        default ->
                                changed.get(key) instanceof JsonObject entries
                                        ? changed.with(key, changeEntry(entries))
                                        : changed.with(key, level());
                    };
        }
        return events.of(
                "event",
                JsonObject.of(
                        "type",
                        "m.room.power_levels",
                        "state_key",
                        "",
                        "sender",
                        pick(USERS),
                        "content",
                        changed));
    }

    private JsonObject changeEntry(JsonObject entries) {
        String key = entries.isEmpty() || seldom() ? pick(USERS) : pick(entries.keys());
        return random.nextBoolean() ? entries.without(key) : entries.with(key, level());
    }

    private JsonObject levelsOf(List<String> keys) {
        JsonObject.Builder levels = JsonObject.builder();
        for (int i = random.nextInt(3); i > 0; i--) {
            levels.put(pick(keys), level());
        }
        return levels.build();
    }

    private Object level() {
        return switch (random.nextInt(40)) {
            case 0 -> value(2);
            case 1 -> " +050 ";
            case 2 -> JsonNumber.ofText("50.7");
            case 3 -> (1L << 53) - 1;
            case 4 -> "99999999999999999999";
            default -> (long) random.nextInt(-1, 6) * 20;
        };
    }

    private JsonObject object() {
        JsonObject.Builder object = JsonObject.builder();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.put(pick(List.of("a", "signed", "users", "creator", "join_rule")), value(2));
        }
        return object.build();
    }

    private JsonValue value(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> JsonNull.NULL;
            case 1 -> JsonValue.of(random.nextBoolean());
            case 2 -> JsonNumber.ofText("1.5E300");
            case 3 -> JsonNumber.of(random.nextLong());
            case 4 -> JsonValue.of("");
            case 5 -> JsonValue.of(pick(USERS));
            case 6 -> JsonArray.of(value(depth - 1), value(depth - 1));
            default -> JsonObject.of("ed25519:1", value(depth - 1), "signed", value(depth - 1));
        };
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private boolean often() {
        return random.nextInt(10) > 0;
    }

    private boolean seldom() {
        return random.nextInt(10) == 0;
    }
}
