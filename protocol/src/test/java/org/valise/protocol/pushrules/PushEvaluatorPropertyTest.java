package org.valise.protocol.pushrules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class PushEvaluatorPropertyTest {
    /// Compiled, shared and remembered, the rules say what their JSON says.
    @Test
    void agreesWithTheObviousEvaluatorForAllUsersOfAnEvent() {
        for (long seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            List<PushRuleSet> sets = new ArrayList<>();
            for (String user : RandomRules.USERS) {
                sets.add(PushRuleSet.defaults(UserId.parse(user)));
                sets.add(RandomRules.set(random, UserId.parse(user)));
            }
            for (int i = 0; i < 40; i++) {
                JsonObject event = RandomRules.event(random);
                PushRoom room = RandomRules.room(random);
                PushEvaluator evaluator = new PushEvaluator(PushEvent.ofClient(event), room);
                for (PushRuleSet set : sets) {
                    String name = random.nextInt(3) == 0 ? null : "Alice";
                    JsonArray expected =
                            NaiveRules.evaluate(set.json(), set.owner(), event, room, name);
                    PushActions actual = evaluator.actionsFor(set, name);
                    assertThat(actual)
                            .as(() -> "%s on %s".formatted(set, event))
                            .isEqualTo(
                                    expected == null ? PushActions.NONE : PushActions.of(expected));
                }
            }
        }
    }
}
