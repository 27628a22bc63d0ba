package org.valise.push.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.database.Database;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.DefaultRules;
import org.valise.protocol.pushrules.PushRule;
import org.valise.protocol.pushrules.PushRuleEdit;
import org.valise.protocol.pushrules.PushRuleEditor;
import org.valise.protocol.pushrules.PushRuleSet;
import org.valise.protocol.pushrules.RuleKind;
import org.valise.testing.TestDatabase;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

final class PushRulesTest {
    private static final UserId ALICE = UserId.parse("@alice:example.org");
    private static final long NUMBER = 7;
    private static final JsonObject NOTHING = Json.parseObject("{\"actions\": []}");

    private final TestDatabase test =
            TestDatabase.create(
                    List.of("org/valise/platform/migration", "org/valise/push/migration"));
    private final List<Long> followed = Collections.synchronizedList(new ArrayList<>());
    private Node node;

    /// A server's part of the module over the one database.
    private static final class Node implements AutoCloseable {
        final Stream stream;
        final OrderedCommits commits;
        final PushRules rules;

        Node(Database database) {
            stream = new Stream(database);
            commits = new OrderedCommits(database, stream);
            rules = new PushRules(database, commits, DefaultRules.SPECIFIED);
            stream.follow(rules);
            stream.read(rules);
        }

        void start() {
            stream.start();
            commits.start();
        }

        PushRuleSet change(Function<PushRuleSet, PushRuleEdit> edit) {
            return rules.change(NUMBER, ALICE, edit);
        }

        PushRuleSet mute(String room) {
            return change(set -> PushRuleEditor.put(set, RuleKind.ROOM, room, NOTHING, null, null));
        }

        List<String> mutedRooms() {
            return rules.of(NUMBER, ALICE).rules(RuleKind.ROOM).stream().map(PushRule::id).toList();
        }

        @Override
        public void close() {
            commits.close();
        }
    }

    @BeforeEach
    void start() {
        node = new Node(test.database());
        node.stream.follow(
                new StreamFollower() {
                    @Override
                    public void apply(List<Change> changes) {
                        for (Change change : changes) {
                            if (change instanceof PushRulesChanged changed) {
                                followed.add(changed.user());
                            }
                        }
                    }
                });
        node.start();
    }

    @AfterEach
    void stop() {
        node.close();
        test.close();
    }

    @Test
    void whoChangedNothingHasTheServersRules() {
        assertThat(node.rules.of(NUMBER, ALICE)).isEqualTo(PushRuleSet.defaults(ALICE));
        assertThat(node.rules.changedAt(NUMBER)).isZero();
    }

    @Test
    void changesAreStoredAndHaveAPlaceInTheStream() {
        PushRuleSet changed = node.mute("!a:x");
        assertThat(node.rules.of(NUMBER, ALICE)).isEqualTo(changed);
        long first = node.rules.changedAt(NUMBER);
        assertThat(first).isPositive().isEqualTo(node.stream.applied());
        node.mute("!b:x");
        assertThat(node.rules.changedAt(NUMBER))
                .isGreaterThan(first)
                .isEqualTo(node.stream.applied());
        assertThat(node.mutedRooms()).containsExactly("!b:x", "!a:x");
        assertThat(followed).containsExactly(NUMBER, NUMBER);
    }

    @Test
    void theSameObjectIsGivenAsLongAsNothingChanges() {
        node.mute("!a:x");
        assertThat(node.rules.of(NUMBER, ALICE)).isSameAs(node.rules.of(NUMBER, ALICE));
    }

    @Test
    void whatChangesNothingIsNotWritten() {
        node.mute("!a:x");
        long position = node.stream.applied();
        node.mute("!a:x");
        assertThat(node.stream.applied()).isEqualTo(position);
    }

    @Test
    void refusalsAreThrown() {
        assertThatThrownBy(() ->
                        node.change(set -> PushRuleEditor.delete(set, RuleKind.ROOM, "!no:x")))
                .isInstanceOfSatisfying(
                        MatrixException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.M_NOT_FOUND));
    }

    @Test
    void anotherStartFindsThem() {
        PushRuleSet changed = node.mute("!a:x");
        long position = node.rules.changedAt(NUMBER);
        try (Node later = new Node(test.database())) {
            later.start();
            assertThat(later.rules.of(NUMBER, ALICE)).isEqualTo(changed);
            assertThat(later.rules.changedAt(NUMBER)).isEqualTo(position);
            later.mute("!b:x");
            assertThat(later.mutedRooms()).containsExactly("!b:x", "!a:x");
        }
    }

    @Test
    void nodesThatChangeTheSameRulesLoseNothing() throws Exception {
        try (Node other = new Node(test.database());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.start();
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String room = "!r" + i + ":x";
                Node any = i % 2 == 0 ? node : other;
                done.add(threads.submit(() -> any.mute(room)));
            }
            for (Future<?> future : done) {
                future.get();
            }
            // Whoever writes last has seen everything before; the other node follows with its next
            // change.
            node.mute("!last:x");
            other.mute("!verylast:x");
            assertThat(node.mutedRooms()).hasSize(21);
            assertThat(other.mutedRooms()).hasSize(22).contains("!last:x", "!r0:x", "!r1:x");
            assertThat(followed).hasSizeBetween(1, 22);
        }
    }

    @Test
    void usersAreApart() {
        node.mute("!a:x");
        UserId bob = UserId.parse("@bob:example.org");
        assertThat(node.rules.of(8, bob)).isEqualTo(PushRuleSet.defaults(bob));
    }

    @Test
    void textsOfEveryKindAreStored() {
        JsonObject odd =
                JsonObject.of(
                        "actions",
                        List.of(
                                JsonObject.of(
                                        "set_tweak",
                                        "\u0000 \ud83d\ude00 \" \\ é",
                                        "value",
                                        "\u0001")));
        PushRuleSet changed =
                node.change(
                        set -> PushRuleEditor.put(set, RuleKind.ROOM, "\u0000😀", odd, null, null));
        try (Node later = new Node(test.database())) {
            later.start();
            assertThat(later.rules.of(NUMBER, ALICE)).isEqualTo(changed);
        }
    }

    @Test
    void rulesFollowARoomsUpgrade() {
        node.mute("!old:x");
        node.rules.followUpgrade(NUMBER, ALICE, RoomId.parse("!old:x"), RoomId.parse("!new:x"));
        assertThat(node.mutedRooms()).containsExactly("!new:x", "!old:x");
    }
}
