package org.valise.protocol.pushrules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

final class DefaultRulesTest {
    private static final UserId ALICE = UserId.parse("@alice:example.org");

    @Test
    void areThoseOfTheSpecificationInItsOrder() throws IOException {
        JsonObject specified =
                Json.parseObject(resource().replace("[the user's Matrix ID]", ALICE.value()));
        JsonObject ours = PushRuleSet.defaults(ALICE).json();
        assertThat(ours.get("override")).isEqualTo(specified.get("override"));
        assertThat(ours.get("underride")).isEqualTo(specified.get("underride"));
        assertThat(ours.keys())
                .containsExactly("override", "content", "room", "sender", "underride");
        for (String kind : new String[] {"content", "room", "sender"}) {
            assertThat(ours.get(kind)).isEqualTo(JsonArray.of());
        }
    }

    @Test
    void everyRuleIsMarkedAsTheServers() {
        for (RuleKind kind : RuleKind.values()) {
            for (PushRule rule : PushRuleSet.defaults(ALICE).rules(kind)) {
                assertThat(rule.id()).startsWith(".");
                assertThat(rule.predefined()).isTrue();
            }
        }
    }

    @Test
    void legacyMentionRulesAreThereOnlyWhenTheOperatorWantsThem() {
        PushRuleSet legacy =
                PushRuleSet.of(ALICE, DefaultRules.WITH_LEGACY_MENTIONS, PushRuleChanges.NONE);
        assertThat(
                        legacy.rule(RuleKind.CONTENT, ".m.rule.contains_user_name")
                                .orElseThrow()
                                .pattern())
                .isEqualTo("alice");
        assertThat(legacy.rule(RuleKind.OVERRIDE, ".m.rule.roomnotif")).isPresent();
        assertThat(legacy.rule(RuleKind.OVERRIDE, ".m.rule.contains_display_name")).isPresent();
        assertThat(PushRuleSet.defaults(ALICE).rule(RuleKind.CONTENT, ".m.rule.contains_user_name"))
                .isEmpty();
    }

    @Test
    void usersWithoutChangesShareTheCompiledRules() {
        assertThat(PushRuleSet.defaults(ALICE).compiled())
                .isSameAs(PushRuleSet.defaults(UserId.parse("@bob:example.org")).compiled());
    }

    private static String resource() throws IOException {
        try (InputStream in =
                DefaultRulesTest.class.getResourceAsStream("predefined-rules-v1.19.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
