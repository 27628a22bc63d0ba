package org.valise.protocol.pushrules;

import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Seeded rules, rooms and events over a small world, so that they meet often.
final class RandomRules {
    static final List<String> USERS =
            List.of("@alice:example.org", "@bob:example.org", "@carol:example.org", "@dave:x.y");
    private static final List<String> ROOMS = List.of("!a:x", "!b:x", "!c:x");
    private static final List<String> KEYS =
            List.of(
                    "type",
                    "sender",
                    "room_id",
                    "state_key",
                    "content.body",
                    "content.msgtype",
                    "content.membership",
                    "content.m\\.mentions.room",
                    "content.m\\.mentions.user_ids",
                    "content.m\\.relates_to.rel_type",
                    "content.x",
                    "content.x.y",
                    "content");
    private static final List<String> PATTERNS =
            List.of(
                    "*",
                    "m.*",
                    "m.room.message",
                    "m.room.member",
                    "",
                    "cake",
                    "c?ke",
                    "*ake",
                    "a*e",
                    "@alice:example.org",
                    "!a:x",
                    "m.notice",
                    "Invite",
                    "?");
    private static final List<Object> VALUES =
            List.of(true, false, 1, 2, "cake", "@alice:example.org", "m.replace");
    private static final List<JsonArray> ACTIONS =
            List.of(
                    JsonArray.of(),
                    JsonArray.of("notify"),
                    JsonArray.of("dont_notify"),
                    JsonArray.of("notify", JsonObject.of("set_tweak", "highlight")),
                    JsonArray.of("notify", JsonObject.of("set_tweak", "sound", "value", "bing")),
                    JsonArray.of(JsonObject.of("set_tweak", "highlight", "value", true)));

    private RandomRules() {}

    private static <T> T any(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    static PushRuleSet set(Random random, UserId owner) {
        PushRuleSet set = PushRuleSet.defaults(owner);
        for (int i = random.nextInt(8); i > 0; i--) {
            RuleKind kind = any(random, List.of(RuleKind.values()));
            PushRuleEdit edit =
                    switch (random.nextInt(6)) {
                        case 0 ->
                                PushRuleEditor.enable(
                                        set, kind, anyId(random, set, kind), random.nextBoolean());
                        case 1 ->
                                PushRuleEditor.setActions(
                                        set, kind, anyId(random, set, kind), any(random, ACTIONS));
                        case 2 -> PushRuleEditor.delete(set, kind, anyId(random, set, kind));
                        default ->
                                PushRuleEditor.put(
                                        set,
                                        kind,
                                        newId(random, kind),
                                        body(random, kind),
                                        null,
                                        null);
                    };
            if (edit instanceof PushRuleEdit.Changed(PushRuleSet rules)) {
                set = rules;
            }
        }
        return set;
    }

    private static String anyId(Random random, PushRuleSet set, RuleKind kind) {
        List<PushRule> rules = set.rules(kind);
        return rules.isEmpty() ? "none" : any(random, rules).id();
    }

    private static String newId(Random random, RuleKind kind) {
        return switch (kind) {
            case ROOM -> any(random, ROOMS);
            case SENDER -> any(random, USERS);
            default -> "rule" + random.nextInt(4);
        };
    }

    private static JsonObject body(Random random, RuleKind kind) {
        JsonObject.Builder body = JsonObject.builder().put("actions", any(random, ACTIONS));
        if (kind.hasConditions()) {
            List<JsonObject> conditions = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                conditions.add(condition(random));
            }
            body.put("conditions", conditions);
        }
        if (kind == RuleKind.CONTENT) {
            body.put("pattern", any(random, PATTERNS));
        }
        return body.build();
    }

    private static JsonObject condition(Random random) {
        String key = any(random, KEYS);
        return switch (random.nextInt(8)) {
            case 0 ->
                    JsonObject.of(
                            "kind", "event_property_is", "key", key, "value", any(random, VALUES));
            case 1 ->
                    JsonObject.of(
                            "kind",
                            "event_property_contains",
                            "key",
                            key,
                            "value",
                            any(random, VALUES));
            case 2 -> JsonObject.of("kind", "contains_display_name");
            case 3 ->
                    JsonObject.of(
                            "kind",
                            "room_member_count",
                            "is",
                            any(random, List.of("2", "<3", ">2", ">=3", "<=1", "==5")));
            case 4 ->
                    JsonObject.of(
                            "kind",
                            "sender_notification_permission",
                            "key",
                            any(random, List.of("room", "x")));
            case 5 -> JsonObject.of("kind", "org.example.unknown");
            default ->
                    JsonObject.of(
                            "kind", "event_match", "key", key, "pattern", any(random, PATTERNS));
        };
    }

    static JsonObject event(Random random) {
        JsonObject.Builder event =
                JsonObject.builder()
                        .put("sender", any(random, USERS))
                        .put("room_id", any(random, ROOMS))
                        .put(
                                "type",
                                any(
                                        random,
                                        List.of(
                                                "m.room.message",
                                                "m.room.member",
                                                "m.room.encrypted",
                                                "m.reaction",
                                                "x")));
        if (random.nextInt(3) == 0) {
            event.put(
                    "state_key",
                    any(random, List.of("", "@alice:example.org", "@bob:example.org")));
        }
        JsonObject.Builder content = JsonObject.builder();
        if (random.nextBoolean()) {
            content.put(
                    "body",
                    any(random, List.of("cake", "A cake, Alice", "cheesecake", "alice", "", 7)));
        }
        if (random.nextBoolean()) {
            content.put("msgtype", any(random, List.of("m.text", "m.notice")));
        }
        if (random.nextBoolean()) {
            content.put("membership", any(random, List.of("invite", "join")));
        }
        if (random.nextInt(3) == 0) {
            content.put(
                    "m.mentions",
                    JsonObject.of(
                            "room", any(random, List.of(true, false, "true")),
                            "user_ids",
                                    any(
                                            random,
                                            List.of(
                                                    List.of(),
                                                    USERS,
                                                    List.of("@bob:example.org", 1),
                                                    "x"))));
        }
        if (random.nextInt(3) == 0) {
            content.put(
                    "m.relates_to",
                    JsonObject.of("rel_type", any(random, List.of("m.replace", "m.thread", 1))));
        }
        if (random.nextInt(3) == 0) {
            content.put(
                    "x",
                    any(
                            random,
                            List.of(
                                    1,
                                    2,
                                    true,
                                    "cake",
                                    List.of(1, "cake"),
                                    JsonObject.of("y", "m.x"))));
        }
        return event.put("content", content.build()).build();
    }

    static PushRoom room(Random random) {
        long level = random.nextInt(3) * 50L;
        return new PushRoom(
                random.nextInt(6),
                new PushRoom.NotificationPower() {
                    @Override
                    public long userLevel(UserId user) {
                        return user.value().startsWith("@b") ? level : 0;
                    }

                    @Override
                    public long notification(String key) {
                        return key.equals("room") ? 50 : 100;
                    }
                });
    }
}
