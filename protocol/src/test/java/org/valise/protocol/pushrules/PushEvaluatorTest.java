package org.valise.protocol.pushrules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

final class PushEvaluatorTest {
    private static final UserId ALICE = UserId.parse("@alice:example.org");
    private static final PushRoom ROOM = new PushRoom(5, PushRoom.NO_POWER);
    private static final PushRoom DIRECT = new PushRoom(2, PushRoom.NO_POWER);
    private static final PushRuleSet DEFAULTS = PushRuleSet.defaults(ALICE);

    private static PushEvent event(String json) {
        return PushEvent.ofClient(
                JsonObject.of("sender", "@bob:example.org", "room_id", "!r:example.org").toBuilder()
                        .putAll(Json.parseObject(json))
                        .build());
    }

    private static PushEvent message(String content) {
        return event("{\"type\": \"m.room.message\", \"content\": " + content + "}");
    }

    private static PushActions run(PushRuleSet rules, PushEvent event, PushRoom room) {
        return PushEvaluator.evaluate(rules, new PushContext(event, room, "Alice"));
    }

    private static PushActions run(PushEvent event) {
        return run(DEFAULTS, event, ROOM);
    }

    private static PushRuleSet put(PushRuleSet rules, RuleKind kind, String id, String body) {
        PushRuleEdit edit = PushRuleEditor.put(rules, kind, id, Json.parseObject(body), null, null);
        assertThat(edit).isInstanceOf(PushRuleEdit.Changed.class);
        return ((PushRuleEdit.Changed) edit).rules();
    }

    /// Whether an override rule with one condition matches.
    private static boolean holds(
            String condition, PushEvent event, PushRoom room, String displayName) {
        PushRuleSet rules =
                PushRuleSet.parse(
                        ALICE,
                        Json.parseObject(
                                "{\"override\": [{\"rule_id\": \"r\", \"conditions\": ["
                                        + condition
                                        + "], \"actions\": [{\"set_tweak\": \"matched\"}]}]}"));
        return PushEvaluator.evaluate(rules, new PushContext(event, room, displayName))
                .tweaks()
                .has("matched");
    }

    private static boolean holds(String condition, PushEvent event) {
        return holds(condition, event, ROOM, "Alice");
    }

    // ---- the default rules ----

    @Test
    void messagesNotifyWithoutSoundInGroupsAndWithSoundBetweenTwo() {
        PushEvent message = message("{\"msgtype\": \"m.text\", \"body\": \"hi\"}");
        assertThat(run(message).notifies()).isTrue();
        assertThat(run(message).sound()).isEmpty();
        assertThat(run(message).highlights()).isFalse();
        assertThat(run(DEFAULTS, message, DIRECT).sound()).contains("default");
    }

    @Test
    void encryptedEventsNotifyAllOrNone() {
        PushEvent encrypted = event("{\"type\": \"m.room.encrypted\", \"content\": {}}");
        assertThat(run(encrypted).notifies()).isTrue();
        assertThat(run(encrypted).sound()).isEmpty();
        assertThat(run(DEFAULTS, encrypted, DIRECT).sound()).contains("default");
    }

    @Test
    void noticesReactionsAndMembersDoNotNotify() {
        assertThat(run(message("{\"msgtype\": \"m.notice\", \"body\": \"hi\"}")).notifies())
                .isFalse();
        assertThat(run(event("{\"type\": \"m.reaction\", \"content\": {}}")).notifies()).isFalse();
        assertThat(
                        run(event(
                                        "{\"type\": \"m.room.member\", \"state_key\": \"@x:y\","
                                                + " \"content\": {\"membership\": \"join\"}}"))
                                .notifies())
                .isFalse();
        assertThat(run(event("{\"type\": \"org.example.custom\", \"content\": {}}")).notifies())
                .isFalse();
    }

    @Test
    void invitesNotifyTheInvitedOnly() {
        String invite =
                "{\"type\": \"m.room.member\", \"state_key\": \"%s\", \"content\": {\"membership\":"
                        + " \"invite\"}}";
        assertThat(run(event(invite.formatted("@alice:example.org"))).sound()).contains("default");
        assertThat(run(event(invite.formatted("@carol:example.org"))).notifies()).isFalse();
    }

    @Test
    void mentionedUsersAreHighlighted() {
        PushEvent mention =
                message(
                        "{\"body\": \"x\", \"m.mentions\": {\"user_ids\":"
                                + " [\"@alice:example.org\"]}}");
        assertThat(run(mention).highlights()).isTrue();
        assertThat(run(mention).sound()).contains("default");
        PushEvent other =
                message(
                        "{\"body\": \"alice\", \"m.mentions\": {\"user_ids\":"
                                + " [\"@ALICE:example.org\", 7]}}");
        assertThat(run(other).highlights()).isFalse();
    }

    @Test
    void roomMentionsNeedPower() {
        PushEvent mention = message("{\"body\": \"x\", \"m.mentions\": {\"room\": true}}");
        assertThat(run(mention).highlights()).isFalse();
        PushRoom.NotificationPower power =
                new PushRoom.NotificationPower() {
                    @Override
                    public long userLevel(UserId user) {
                        return user.value().equals("@bob:example.org") ? 50 : 0;
                    }

                    @Override
                    public long notification(String key) {
                        return key.equals("room") ? 50 : 100;
                    }
                };
        assertThat(run(DEFAULTS, mention, new PushRoom(5, power)).highlights()).isTrue();
        PushEvent notTrue = message("{\"body\": \"x\", \"m.mentions\": {\"room\": \"true\"}}");
        assertThat(run(DEFAULTS, notTrue, new PushRoom(5, power)).highlights()).isFalse();
    }

    @Test
    void tombstonesHighlightOnlyAsState() {
        assertThat(
                        run(event(
                                        "{\"type\": \"m.room.tombstone\", \"state_key\": \"\","
                                                + " \"content\": {}}"))
                                .highlights())
                .isTrue();
        assertThat(run(event("{\"type\": \"m.room.tombstone\", \"content\": {}}")).notifies())
                .isFalse();
    }

    @Test
    void editsAreSuppressedUnlessTheyMention() {
        String edit =
                "{\"body\": \"* x\", \"m.relates_to\": {\"rel_type\": \"m.replace\", \"event_id\":"
                        + " \"$e\"}%s}";
        assertThat(run(message(edit.formatted(""))).notifies()).isFalse();
        assertThat(
                        run(message(
                                        edit.formatted(
                                                ", \"m.mentions\": {\"user_ids\":"
                                                        + " [\"@alice:example.org\"]}")))
                                .highlights())
                .isTrue();
    }

    @Test
    void callsRing() {
        assertThat(run(event("{\"type\": \"m.call.invite\", \"content\": {}}")).sound())
                .contains("ring");
    }

    @Test
    void ownEventsNeverNotify() {
        PushEvent own =
                event(
                        "{\"sender\": \"@alice:example.org\", \"type\": \"m.room.message\","
                                + " \"content\": {\"body\": \"x\"}}");
        assertThat(run(own)).isEqualTo(PushActions.NONE);
    }

    @Test
    void legacyRulesLookAtTheBodyOfEventsWithoutMentions() {
        PushRuleSet legacy =
                PushRuleSet.of(ALICE, DefaultRules.WITH_LEGACY_MENTIONS, PushRuleChanges.NONE);
        assertThat(
                        run(legacy, message("{\"body\": \"Hello @alice:example.org!\"}"), ROOM)
                                .highlights())
                .isTrue();
        assertThat(run(legacy, message("{\"body\": \"malice\"}"), ROOM).highlights()).isFalse();
        assertThat(
                        run(legacy, message("{\"body\": \"alice\", \"m.mentions\": {}}"), ROOM)
                                .highlights())
                .isFalse();
        assertThat(
                        PushEvaluator.evaluate(
                                        legacy,
                                        new PushContext(
                                                message("{\"body\": \"oh Miss Al!\"}"),
                                                ROOM,
                                                "Miss Al"))
                                .highlights())
                .isTrue();
        assertThat(run(DEFAULTS, message("{\"body\": \"Hello alice\"}"), ROOM).highlights())
                .isFalse();
    }

    // ---- order ----

    @Test
    void kindsAreCheckedInOrder() {
        PushEvent cake = message("{\"body\": \"cake\"}");
        PushRuleSet rules =
                put(
                        DEFAULTS,
                        RuleKind.SENDER,
                        "@bob:example.org",
                        "{\"actions\": [{\"set_tweak\": \"sender\"}]}");
        assertThat(run(rules, cake, ROOM).tweaks().keys()).containsExactly("sender");
        rules =
                put(
                        rules,
                        RuleKind.UNDERRIDE,
                        "u",
                        "{\"conditions\": [], \"actions\": [{\"set_tweak\": \"under\"}]}");
        assertThat(run(rules, cake, ROOM).tweaks().keys()).containsExactly("sender");
        rules =
                put(
                        rules,
                        RuleKind.ROOM,
                        "!r:example.org",
                        "{\"actions\": [{\"set_tweak\": \"room\"}]}");
        assertThat(run(rules, cake, ROOM).tweaks().keys()).containsExactly("room");
        rules =
                put(
                        rules,
                        RuleKind.CONTENT,
                        "c",
                        "{\"pattern\": \"cake\", \"actions\": [{\"set_tweak\": \"content\"}]}");
        assertThat(run(rules, cake, ROOM).tweaks().keys()).containsExactly("content");
        rules =
                put(
                        rules,
                        RuleKind.OVERRIDE,
                        "o",
                        "{\"conditions\": [], \"actions\": [{\"set_tweak\": \"over\"}]}");
        assertThat(run(rules, cake, ROOM).tweaks().keys()).containsExactly("over");
        rules =
                ((PushRuleEdit.Changed)
                                PushRuleEditor.enable(
                                        rules, RuleKind.OVERRIDE, ".m.rule.master", true))
                        .rules();
        assertThat(run(rules, cake, ROOM).tweaks().keys()).isEmpty();
    }

    @Test
    void userRulesGoBeforeTheServersOfTheirKind() {
        PushRuleSet rules =
                put(
                        DEFAULTS,
                        RuleKind.OVERRIDE,
                        "o",
                        "{\"conditions\": [{\"kind\": \"event_match\", \"key\":"
                                + " \"content.msgtype\", \"pattern\": \"m.notice\"}], \"actions\":"
                                + " [\"notify\"]}");
        assertThat(run(rules, message("{\"msgtype\": \"m.notice\"}"), ROOM).notifies()).isTrue();
    }

    @Test
    void disabledRulesNeverMatch() {
        PushRuleSet rules = put(DEFAULTS, RuleKind.ROOM, "!r:example.org", "{\"actions\": []}");
        PushEvent message = message("{\"body\": \"x\"}");
        assertThat(run(rules, message, ROOM).notifies()).isFalse();
        rules =
                ((PushRuleEdit.Changed)
                                PushRuleEditor.enable(
                                        rules, RuleKind.ROOM, "!r:example.org", false))
                        .rules();
        assertThat(run(rules, message, ROOM).notifies()).isTrue();
        rules =
                ((PushRuleEdit.Changed)
                                PushRuleEditor.enable(
                                        rules, RuleKind.UNDERRIDE, ".m.rule.message", false))
                        .rules();
        assertThat(run(rules, message, ROOM).notifies()).isFalse();
    }

    // ---- actions ----

    @Test
    void historicalActionsAreIgnored() {
        PushRuleSet rules =
                put(DEFAULTS, RuleKind.ROOM, "!r:example.org", "{\"actions\": [\"dont_notify\"]}");
        assertThat(run(rules, message("{}"), ROOM).notifies()).isFalse();
        rules =
                put(
                        DEFAULTS,
                        RuleKind.ROOM,
                        "!r:example.org",
                        "{\"actions\": [\"coalesce\", \"notify\"]}");
        assertThat(run(rules, message("{}"), ROOM).notifies()).isTrue();
    }

    @Test
    void tweaksPassThroughAndHighlightDefaultsToTrue() {
        PushRuleSet rules =
                put(
                        DEFAULTS,
                        RuleKind.ROOM,
                        "!r:example.org",
                        "{\"actions\": [\"notify\", {\"set_tweak\": \"highlight\"}, {\"set_tweak\":"
                                + " \"light\", \"value\": {\"a\": 1}}]}");
        PushActions actions = run(rules, message("{}"), ROOM);
        assertThat(actions.highlights()).isTrue();
        assertThat(actions.tweaks())
                .isEqualTo(Json.parseObject("{\"highlight\": true, \"light\": {\"a\": 1}}"));
        rules =
                put(
                        DEFAULTS,
                        RuleKind.ROOM,
                        "!r:example.org",
                        "{\"actions\": [\"notify\", {\"set_tweak\": \"highlight\", \"value\":"
                                + " false}]}");
        assertThat(run(rules, message("{}"), ROOM).highlights()).isFalse();
    }

    @Test
    void withoutNotifyNothingIsHighlighted() {
        PushRuleSet rules =
                put(
                        DEFAULTS,
                        RuleKind.ROOM,
                        "!r:example.org",
                        "{\"actions\": [{\"set_tweak\": \"highlight\"}]}");
        assertThat(run(rules, message("{}"), ROOM).highlights()).isFalse();
    }

    // ---- conditions ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "content.topic | lunc?* | {\"topic\": \"Lunch plans\"} | true",
                "content.topic | lunc?* | {\"topic\": \" lunch\"} | false",
                "content.topic | * | {\"topic\": null} | false",
                "content.topic | * | {\"topic\": 7} | false",
                "content.topic | * | {} | false",
                "content.body | ex*ple | {\"body\": \"An example event.\"} | true",
                "content.body | xample | {\"body\": \"An example event.\"} | false",
                "content.body.x | * | {\"body\": \"An example event.\"} | false",
                "content.m\\\\.x | y | {\"m.x\": \"Y\"} | true",
                "content.m.x | y | {\"m.x\": \"Y\"} | false",
                "content.m.x | y | {\"m\": {\"x\": \"y\"}} | true",
                "room_id | !r:example.org | {} | true",
                "sender | @b?b:* | {} | true",
                "unsigned.age | * | {} | false",
                "depth | * | {} | false"
            })
    void eventMatch(String key, String pattern, String content, boolean expected) {
        String condition =
                "{\"kind\": \"event_match\", \"key\": \"%s\", \"pattern\": \"%s\"}"
                        .formatted(key, pattern);
        assertThat(holds(condition, message(content))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true | {\"m.federate\": true} | true",
                "true | {\"m.federate\": \"true\"} | false",
                "true | {\"m.federate\": 1} | false",
                "true | {} | false",
                "null | {\"m.federate\": null} | true",
                "null | {} | false",
                "7 | {\"m.federate\": 7} | true",
                "7 | {\"m.federate\": 7.0} | false",
                "\"a\" | {\"m.federate\": \"a\"} | true",
                "\"a\" | {\"m.federate\": \"A\"} | false",
                "[1] | {\"m.federate\": [1]} | false",
                "{} | {\"m.federate\": {}} | false",
                "9007199254740993 | {\"m.federate\": 9007199254740993} | false"
            })
    void eventPropertyIs(String value, String content, boolean expected) {
        String condition =
                "{\"kind\": \"event_property_is\", \"key\": \"content.m\\\\.federate\", \"value\": %s}"
                        .formatted(value);
        assertThat(holds(condition, message(content))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"#a:b\" | {\"list\": [\"#x:y\", \"#a:b\"]} | true",
                "\":b\" | {\"list\": [\"#a:b\"]} | false",
                "\"#a:b\" | {\"list\": \"#a:b\"} | false",
                "\"#a:b\" | {} | false",
                "null | {\"list\": [null]} | true",
                "1 | {\"list\": [[1], {\"a\": 1}]} | false",
                "1 | {\"list\": [2, 1]} | true"
            })
    void eventPropertyContains(String value, String content, boolean expected) {
        String condition =
                "{\"kind\": \"event_property_contains\", \"key\": \"content.list\", \"value\": %s}"
                        .formatted(value);
        assertThat(holds(condition, message(content))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 2, true", "==2, 2, true", "==2, 3, false", "<3, 2, true", "<2, 2, false", ">1, 2, true",
                ">2, 2, false",
        ">=2, 2, true", "<=2, 2, true", "<=1, 2, false", "=2, 2, false", "2x, 2, false",
                "' 2', 2, false", "+2, 2, false",
        "'', 0, false", "99999999999999999999, 2, false", "٢, 2, false"
    })
    void roomMemberCount(String is, int members, boolean expected) {
        String condition = "{\"kind\": \"room_member_count\", \"is\": \"%s\"}".formatted(is);
        assertThat(
                        holds(
                                condition,
                                message("{}"),
                                new PushRoom(members, PushRoom.NO_POWER),
                                "Alice"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Alice, 'hi, alice!', true",
        "Alice, malice, false",
        "'', hi, false",
        ", hi, false",
        "A*, abc, false",
        "A*, 'see a*', true"
    })
    void containsDisplayName(String name, String body, boolean expected) {
        assertThat(
                        holds(
                                "{\"kind\": \"contains_display_name\"}",
                                message("{\"body\": \"" + body + "\"}"),
                                ROOM,
                                name))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"kind\": \"org.example.unknown\"}",
                "{}",
                "7",
                "{\"kind\": \"event_match\", \"key\": \"type\"}",
                "{\"kind\": \"event_match\", \"pattern\": \"*\"}",
                "{\"kind\": \"event_property_is\", \"key\": \"type\"}",
                "{\"kind\": \"sender_notification_permission\"}",
                "{\"kind\": \"room_member_count\", \"is\": 2}"
            })
    void whatIsNotUnderstoodNeverMatches(String condition) {
        assertThat(holds(condition, message("{\"body\": \"x\"}"))).isFalse();
    }

    @Test
    void wholeEventsCanBeAskedForTheirIds() {
        PushEvent event = event("{\"event_id\": \"$e\", \"type\": \"x\", \"content\": {}}");
        assertThat(
                        holds(
                                "{\"kind\": \"event_match\", \"key\": \"event_id\", \"pattern\":"
                                        + " \"$E\"}",
                                event))
                .isTrue();
        assertThat(
                        holds(
                                "{\"kind\": \"event_match\", \"key\": \"event_id.x\", \"pattern\":"
                                        + " \"*\"}",
                                event))
                .isFalse();
    }

    @Test
    void oneEvaluatorServesManyUsers() {
        PushEvent mention =
                message(
                        "{\"body\": \"x\", \"m.mentions\": {\"user_ids\":"
                                + " [\"@alice:example.org\"]}}");
        PushEvaluator evaluator = new PushEvaluator(mention, ROOM);
        PushRuleSet carol = PushRuleSet.defaults(UserId.parse("@carol:example.org"));
        PushRuleSet bob = PushRuleSet.defaults(UserId.parse("@bob:example.org"));
        for (int i = 0; i < 2; i++) {
            assertThat(evaluator.actionsFor(carol, null).highlights()).isFalse();
            assertThat(evaluator.actionsFor(carol, null).notifies()).isTrue();
            assertThat(evaluator.actionsFor(DEFAULTS, null).highlights()).isTrue();
            assertThat(evaluator.actionsFor(bob, null).notifies()).isFalse();
        }
    }
}
