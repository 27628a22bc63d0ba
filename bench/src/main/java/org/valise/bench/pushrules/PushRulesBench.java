package org.valise.bench.pushrules;

import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.PushEvaluator;
import org.valise.protocol.pushrules.PushEvent;
import org.valise.protocol.pushrules.PushRoom;
import org.valise.protocol.pushrules.PushRuleEdit;
import org.valise.protocol.pushrules.PushRuleEditor;
import org.valise.protocol.pushrules.PushRuleSet;
import org.valise.protocol.pushrules.RuleKind;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/// One event for one user, and one event for a room full of users.
public final class PushRulesBench {
    private static final int ROUNDS = 200_000;
    private static final int USERS = 1_000;

    private PushRulesBench() {}

    public static void main(String[] args) {
        PushRoom room = new PushRoom(USERS, PushRoom.NO_POWER);
        JsonObject message =
                Json.parseObject(
                        """
                        {"type": "m.room.message", "sender": "@sender:example.org", "room_id": "!room:example.org",
                         "content": {"msgtype": "m.text", "body": "%s", "m.mentions": {}}}
                        """
                                .formatted("Lorem ipsum dolor sit amet. ".repeat(8)));
        PushRuleSet plain = PushRuleSet.defaults(UserId.parse("@reader:example.org"));
        PushRuleSet busy = withOwnRules(plain, 20);
        PushEvent seen = PushEvent.ofClient(message);
        report(
                "a new event, one user, default rules",
                1,
                () -> one(PushEvent.ofClient(message), room, plain));
        report("an event seen before, one user, default rules", 1, () -> one(seen, room, plain));
        report(
                "an event seen before, one user, 20 words and 20 rooms of theirs",
                1,
                () -> one(seen, room, busy));
        List<PushRuleSet> all = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            all.add(PushRuleSet.defaults(UserId.parse("@user" + i + ":example.org")));
        }
        report(
                "a new event, 1,000 users with default rules, each",
                USERS,
                () -> many(message, room, all));
    }

    private static long one(PushEvent event, PushRoom room, PushRuleSet rules) {
        return new PushEvaluator(event, room).actionsFor(rules, "Reader").notifies() ? 1 : 0;
    }

    private static long many(JsonObject message, PushRoom room, List<PushRuleSet> all) {
        PushEvaluator evaluator = new PushEvaluator(PushEvent.ofClient(message), room);
        long notified = 0;
        for (PushRuleSet rules : all) {
            notified += evaluator.actionsFor(rules, null).notifies() ? 1 : 0;
        }
        return notified;
    }

    private static PushRuleSet withOwnRules(PushRuleSet from, int count) {
        PushRuleSet rules = from;
        for (int i = 0; i < count; i++) {
            rules =
                    put(
                            rules,
                            RuleKind.CONTENT,
                            "word" + i,
                            JsonObject.of(
                                    "pattern",
                                    i % 4 == 0 ? "wo*d" + i : "word" + i,
                                    "actions",
                                    List.of("notify")));
            rules =
                    put(
                            rules,
                            RuleKind.ROOM,
                            "!muted" + i + ":example.org",
                            JsonObject.of("actions", List.of()));
        }
        return rules;
    }

    private static PushRuleSet put(PushRuleSet rules, RuleKind kind, String id, JsonObject body) {
        return PushRuleEditor.put(rules, kind, id, body, null, null)
                        instanceof PushRuleEdit.Changed(PushRuleSet changed)
                ? changed
                : rules;
    }

    private static void report(String what, int each, LongSupplier work) {
        int rounds = ROUNDS / each;
        long sum = 0;
        for (int i = 0; i < rounds; i++) {
            sum += work.getAsLong();
        }
        long begin = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            sum += work.getAsLong();
        }
        double nanos = (System.nanoTime() - begin) / (double) rounds / each;
        System.out.printf("%-70s %8.0f ns  (%d)%n", what, nanos, sum);
    }
}
