package org.valise.protocol.pushrules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.valise.protocol.pushrules.RuleKind.CONTENT;
import static org.valise.protocol.pushrules.RuleKind.OVERRIDE;
import static org.valise.protocol.pushrules.RuleKind.ROOM;
import static org.valise.protocol.pushrules.RuleKind.SENDER;
import static org.valise.protocol.pushrules.RuleKind.UNDERRIDE;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Random;

final class PushRuleEditorTest {
    private static final UserId ALICE = UserId.parse("@alice:example.org");
    private static final PushRuleSet DEFAULTS = PushRuleSet.defaults(ALICE);
    private static final JsonObject NOTIFY = Json.parseObject("{\"actions\": [\"notify\"]}");
    private static final JsonArray NOTHING = JsonArray.of();

    private static PushRuleSet done(PushRuleEdit edit) {
        assertThat(edit).isInstanceOf(PushRuleEdit.Changed.class);
        return ((PushRuleEdit.Changed) edit).rules();
    }

    private static void refused(PushRuleEdit edit, ErrorCode code, int status) {
        assertThat(edit).isInstanceOf(PushRuleEdit.Refused.class);
        assertThat(((PushRuleEdit.Refused) edit).code()).isEqualTo(code);
        assertThat(((PushRuleEdit.Refused) edit).exception().status()).isEqualTo(status);
    }

    private static PushRuleSet put(PushRuleSet set, RuleKind kind, String id) {
        return put(set, kind, id, null, null);
    }

    private static PushRuleSet put(
            PushRuleSet set,
            RuleKind kind,
            String id,
            @Nullable String before,
            @Nullable String after) {
        return done(PushRuleEditor.put(set, kind, id, NOTIFY, before, after));
    }

    private static List<String> own(PushRuleSet set, RuleKind kind) {
        return set.rules(kind).stream()
                .filter(rule -> !rule.predefined())
                .map(PushRule::id)
                .toList();
    }

    // ---- put ----

    @Test
    void newRulesAreEnabledAndGoFirst() {
        PushRuleSet set = put(put(DEFAULTS, ROOM, "!a:x"), ROOM, "!b:x");
        assertThat(own(set, ROOM)).containsExactly("!b:x", "!a:x");
        assertThat(set.rule(ROOM, "!b:x").orElseThrow().json())
                .isEqualTo(
                        Json.parseObject(
                                "{\"rule_id\": \"!b:x\", \"default\": false, \"enabled\": true,"
                                        + " \"actions\": [\"notify\"]}"));
    }

    @Test
    void masterStaysAboveNewRules() {
        PushRuleSet set = put(DEFAULTS, OVERRIDE, "mine");
        assertThat(set.rules(OVERRIDE).stream().limit(3).map(PushRule::id))
                .containsExactly(".m.rule.master", "mine", ".m.rule.suppress_notices");
    }

    @Test
    void placesBeforeAndAfter() {
        PushRuleSet set = put(put(DEFAULTS, ROOM, "!a:x"), ROOM, "!b:x");
        assertThat(own(put(set, ROOM, "!c:x", "!a:x", null), ROOM))
                .containsExactly("!b:x", "!c:x", "!a:x");
        assertThat(own(put(set, ROOM, "!c:x", null, "!b:x"), ROOM))
                .containsExactly("!b:x", "!c:x", "!a:x");
        assertThat(own(put(set, ROOM, "!c:x", null, "!a:x"), ROOM))
                .containsExactly("!b:x", "!a:x", "!c:x");
        // "If both […], the […] rule must be the next most important rule with respect to the rule
        // identified by `before`."
        assertThat(own(put(set, ROOM, "!c:x", "!b:x", "!a:x"), ROOM))
                .containsExactly("!c:x", "!b:x", "!a:x");
    }

    @Test
    void movesWhatIsThereOnlyWhenAsked() {
        PushRuleSet set = put(put(put(DEFAULTS, ROOM, "!a:x"), ROOM, "!b:x"), ROOM, "!c:x");
        assertThat(own(put(set, ROOM, "!a:x"), ROOM)).containsExactly("!c:x", "!b:x", "!a:x");
        assertThat(own(put(set, ROOM, "!a:x", "!c:x", null), ROOM))
                .containsExactly("!a:x", "!c:x", "!b:x");
        assertThat(own(put(set, ROOM, "!c:x", null, "!a:x"), ROOM))
                .containsExactly("!b:x", "!a:x", "!c:x");
        assertThat(own(put(set, ROOM, "!b:x", "!b:x", null), ROOM))
                .containsExactly("!c:x", "!b:x", "!a:x");
    }

    @Test
    void updatesKeepWhetherTheRuleIsEnabled() {
        PushRuleSet set =
                done(PushRuleEditor.enable(put(DEFAULTS, ROOM, "!a:x"), ROOM, "!a:x", false));
        set =
                done(
                        PushRuleEditor.put(
                                set,
                                ROOM,
                                "!a:x",
                                Json.parseObject("{\"actions\": []}"),
                                null,
                                null));
        assertThat(set.rule(ROOM, "!a:x").orElseThrow().enabled()).isFalse();
        assertThat(set.rule(ROOM, "!a:x").orElseThrow().actions()).isEqualTo(NOTHING);
    }

    @Test
    void refusesNeighborsThatAreNotThere() {
        PushRuleSet set = put(DEFAULTS, ROOM, "!a:x");
        refused(
                PushRuleEditor.put(set, ROOM, "!b:x", NOTIFY, "!no:x", null),
                ErrorCode.M_UNKNOWN,
                400);
        refused(
                PushRuleEditor.put(set, ROOM, "!b:x", NOTIFY, null, "!no:x"),
                ErrorCode.M_UNKNOWN,
                400);
        refused(
                PushRuleEditor.put(set, SENDER, "@b:x", NOTIFY, "!a:x", null),
                ErrorCode.M_UNKNOWN,
                400);
        refused(
                PushRuleEditor.put(set, ROOM, "!b:x", NOTIFY, "!b:x", null),
                ErrorCode.M_UNKNOWN,
                400);
        refused(
                PushRuleEditor.put(set, UNDERRIDE, "u", NOTIFY, null, ".m.rule.message"),
                ErrorCode.M_INVALID_PARAM,
                400);
    }

    @ParameterizedTest
    @ValueSource(strings = {".mine", ".m.rule.master", "", "a/b", "a\\b", "/"})
    void refusesReservedIds(String id) {
        refused(
                PushRuleEditor.put(DEFAULTS, OVERRIDE, id, NOTIFY, null, null),
                ErrorCode.M_INVALID_PARAM,
                400);
    }

    @Test
    void keepsWhatClientsWroteButNotMore() {
        JsonObject body =
                Json.parseObject(
                        """
                        {"actions": ["dont_notify", {"set_tweak": "x", "value": 1, "more": 2}], "enabled": false, "default": true,
                         "rule_id": "other", "pattern": "cake", "conditions": [{"kind": "org.example.unknown", "a": []}], "x": 1}
                        """);
        PushRuleSet set = done(PushRuleEditor.put(DEFAULTS, OVERRIDE, "o", body, null, null));
        assertThat(set.rule(OVERRIDE, "o").orElseThrow().json())
                .isEqualTo(
                        Json.parseObject(
                                """
                                {"rule_id": "o", "default": false, "enabled": true,
                                 "conditions": [{"kind": "org.example.unknown", "a": []}],
                                 "actions": ["dont_notify", {"set_tweak": "x", "value": 1, "more": 2}]}
                                """));
        set = done(PushRuleEditor.put(DEFAULTS, CONTENT, "c", body, null, null));
        assertThat(set.rule(CONTENT, "c").orElseThrow().json().keys())
                .containsExactly("rule_id", "default", "enabled", "pattern", "actions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "override | {} | M_BAD_JSON",
                "override | {\"actions\": \"notify\"} | M_BAD_JSON",
                "override | {\"actions\": [7]} | M_BAD_JSON",
                "override | {\"actions\": [{}]} | M_BAD_JSON",
                "override | {\"actions\": [{\"set_tweak\": 1}]} | M_BAD_JSON",
                "override | {\"actions\": [\"not_an_action\"]} | M_INVALID_PARAM",
                "override | {\"actions\": [], \"conditions\": {}} | M_BAD_JSON",
                "underride | {\"actions\": [], \"conditions\": [{}]} | M_BAD_JSON",
                "underride | {\"actions\": [], \"conditions\": [{\"kind\": \"event_match\"}]} |"
                        + " M_BAD_JSON",
                "underride | {\"actions\": [], \"conditions\": [{\"kind\": \"room_member_count\","
                        + " \"is\": \"x\"}]} | M_BAD_JSON",
                "content | {\"actions\": []} | M_BAD_JSON",
                "content | {\"actions\": [], \"pattern\": 1} | M_BAD_JSON",
                "content | {\"actions\": [], \"pattern\": \"\"} | M_INVALID_PARAM",
                "room | {} | M_BAD_JSON"
            })
    void refusesBadRules(String kind, String body, ErrorCode code) {
        refused(
                PushRuleEditor.put(
                        DEFAULTS,
                        RuleKind.of(kind).orElseThrow(),
                        "r",
                        Json.parseObject(body),
                        null,
                        null),
                code,
                400);
    }

    @Test
    void boundsWhatIsStored() {
        refused(
                PushRuleEditor.put(
                        DEFAULTS,
                        CONTENT,
                        "c",
                        JsonObject.of("actions", List.of(), "pattern", "x".repeat(2000)),
                        null,
                        null),
                ErrorCode.M_INVALID_PARAM,
                400);
        refused(
                PushRuleEditor.put(DEFAULTS, ROOM, "x".repeat(600), NOTIFY, null, null),
                ErrorCode.M_INVALID_PARAM,
                400);
        JsonObject huge =
                JsonObject.of(
                        "actions",
                        List.of(JsonObject.of("set_tweak", "x", "value", "y".repeat(20_000))));
        refused(
                PushRuleEditor.put(DEFAULTS, ROOM, "!r:x", huge, null, null),
                ErrorCode.M_TOO_LARGE,
                413);
        JsonObject large =
                JsonObject.of(
                        "actions",
                        List.of(JsonObject.of("set_tweak", "x", "value", "y".repeat(15_000))));
        PushRuleSet set = DEFAULTS;
        PushRuleEdit edit = null;
        for (int i = 0; i < 100; i++) {
            edit = PushRuleEditor.put(set, ROOM, "!r" + i + ":x", large, null, null);
            if (edit instanceof PushRuleEdit.Changed(PushRuleSet rules)) {
                set = rules;
            } else {
                break;
            }
        }
        refused(edit, ErrorCode.M_TOO_LARGE, 413);
        // What there is can still be taken away.
        done(PushRuleEditor.delete(set, ROOM, "!r0:x"));
    }

    // ---- delete, enable, actions ----

    @Test
    void deletesOwnRulesOnly() {
        PushRuleSet set = put(DEFAULTS, ROOM, "!a:x");
        assertThat(done(PushRuleEditor.delete(set, ROOM, "!a:x"))).isEqualTo(DEFAULTS);
        refused(PushRuleEditor.delete(set, ROOM, "!b:x"), ErrorCode.M_NOT_FOUND, 404);
        refused(PushRuleEditor.delete(set, SENDER, "!a:x"), ErrorCode.M_NOT_FOUND, 404);
        refused(
                PushRuleEditor.delete(set, UNDERRIDE, ".m.rule.message"),
                ErrorCode.M_INVALID_PARAM,
                400);
        refused(PushRuleEditor.delete(set, UNDERRIDE, ".m.rule.no"), ErrorCode.M_NOT_FOUND, 404);
    }

    @Test
    void everyDefaultRuleCanBeSwitched() {
        for (RuleKind kind : RuleKind.values()) {
            for (PushRule rule : DEFAULTS.rules(kind)) {
                PushRuleSet off = done(PushRuleEditor.enable(DEFAULTS, kind, rule.id(), false));
                assertThat(off.rule(kind, rule.id()).orElseThrow().enabled()).isFalse();
                PushRuleSet on = done(PushRuleEditor.enable(off, kind, rule.id(), true));
                assertThat(on.rule(kind, rule.id()).orElseThrow().enabled()).isTrue();
                assertThat(done(PushRuleEditor.enable(on, kind, rule.id(), rule.enabled())))
                        .isEqualTo(DEFAULTS);
            }
        }
        refused(
                PushRuleEditor.enable(DEFAULTS, OVERRIDE, ".no.such.rule", true),
                ErrorCode.M_NOT_FOUND,
                404);
        refused(PushRuleEditor.enable(DEFAULTS, ROOM, "!r:x", true), ErrorCode.M_NOT_FOUND, 404);
    }

    @Test
    void actionsOfOwnAndDefaultRulesCanBeSet() {
        PushRuleSet set =
                done(PushRuleEditor.setActions(DEFAULTS, UNDERRIDE, ".m.rule.message", NOTHING));
        assertThat(set.rule(UNDERRIDE, ".m.rule.message").orElseThrow().actions())
                .isEqualTo(NOTHING);
        assertThat(
                        done(
                                PushRuleEditor.setActions(
                                        set, UNDERRIDE, ".m.rule.message", JsonArray.of("notify"))))
                .isEqualTo(DEFAULTS);
        set = done(PushRuleEditor.setActions(put(DEFAULTS, ROOM, "!a:x"), ROOM, "!a:x", NOTHING));
        assertThat(set.rule(ROOM, "!a:x").orElseThrow().actions()).isEqualTo(NOTHING);
        refused(PushRuleEditor.setActions(set, ROOM, "!b:x", NOTHING), ErrorCode.M_NOT_FOUND, 404);
        refused(
                PushRuleEditor.setActions(set, ROOM, "!a:x", JsonArray.of("no")),
                ErrorCode.M_INVALID_PARAM,
                400);
    }

    // ---- what is stored ----

    @Test
    void storesOnlyWhatDiffersFromTheServer() {
        assertThat(DEFAULTS.changes().json()).isEqualTo(JsonObject.of());
        PushRuleSet set = done(PushRuleEditor.enable(DEFAULTS, OVERRIDE, ".m.rule.master", true));
        assertThat(set.changes().json())
                .isEqualTo(
                        Json.parseObject(
                                "{\"defaults\": [{\"kind\": \"override\", \"rule_id\":"
                                        + " \".m.rule.master\", \"enabled\": true}]}"));
    }

    @Test
    void changesOfRulesThatTheServerNoLongerHasAreKeptAndHaveNoEffect() {
        JsonObject stored =
                Json.parseObject(
                        "{\"defaults\": [{\"kind\": \"override\", \"rule_id\": \".m.rule.gone\","
                                + " \"enabled\": false}]}");
        PushRuleChanges changes = PushRuleChanges.parse(stored);
        assertThat(changes.json()).isEqualTo(stored);
        assertThat(PushRuleSet.of(ALICE, DefaultRules.SPECIFIED, changes).json())
                .isEqualTo(DEFAULTS.json());
    }

    @Test
    void whatIsStoredIsReadAgain() {
        for (long seed = 0; seed < 200; seed++) {
            PushRuleSet set = RandomRules.set(new Random(seed), ALICE);
            PushRuleChanges read =
                    PushRuleChanges.parse(Json.parseObject(Json.write(set.changes().json())));
            assertThat(read).isEqualTo(set.changes()).hasSameHashCodeAs(set.changes());
            assertThat(PushRuleSet.parse(ALICE, set.json())).isEqualTo(set);
        }
    }

    // ---- room upgrades ----

    @Test
    void rulesOfARoomFollowItsUpgrade() {
        RoomId from = RoomId.parse("!old:x");
        RoomId to = RoomId.parse("!new:x");
        PushRuleSet set = put(put(DEFAULTS, ROOM, "!old:x"), ROOM, "!other:x");
        set = done(PushRuleEditor.enable(set, ROOM, "!old:x", false));
        set =
                done(
                        PushRuleEditor.put(
                                set,
                                OVERRIDE,
                                "!old:x",
                                Json.parseObject(
                                        "{\"actions\": [\"dont_notify\"], \"conditions\":"
                                            + " [{\"kind\": \"event_match\", \"key\": \"room_id\","
                                            + " \"pattern\": \"!old:x\"}]}"),
                                null,
                                null));
        PushRuleSet after = PushRuleEditor.followUpgrade(set, from, to);
        assertThat(own(after, ROOM)).containsExactly("!other:x", "!new:x", "!old:x");
        assertThat(after.rule(ROOM, "!new:x").orElseThrow().enabled()).isFalse();
        assertThat(after.rule(OVERRIDE, "!new:x").orElseThrow().json())
                .isEqualTo(
                        Json.parseObject(
                                """
                                {"rule_id": "!new:x", "default": false, "enabled": true, "actions": ["dont_notify"],
                                 "conditions": [{"kind": "event_match", "key": "room_id", "pattern": "!new:x"}]}
                                """));
        assertThat(PushRuleEditor.followUpgrade(after, from, to)).isEqualTo(after);
        assertThat(PushRuleEditor.followUpgrade(DEFAULTS, from, to)).isEqualTo(DEFAULTS);
    }
}
