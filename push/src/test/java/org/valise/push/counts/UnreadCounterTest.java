package org.valise.push.counts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.PushRuleEdit;
import org.valise.protocol.pushrules.PushRuleEditor;
import org.valise.protocol.pushrules.PushRuleSet;
import org.valise.protocol.pushrules.RuleKind;
import org.valise.rooms.relations.ThreadRoots;

import java.util.List;
import java.util.Map;
import java.util.Set;

final class UnreadCounterTest {
    private static final String ALICE = "@alice:example.org";
    private static final String BOB = "@bob:example.org";
    private static final String CAROL = "@carol:example.org";
    private static final PushRuleSet RULES = PushRuleSet.defaults(UserId.parse(BOB));
    private static final UnreadReader READER = new UnreadReader(RULES, "Bob", Set.of());

    private final Timeline room = new Timeline(5);

    private UnreadCounter counted(UnreadReader reader, ReadPositions read) {
        UnreadCounter counter = new UnreadCounter(reader, read);
        room.all().forEach(counter::add);
        return counter;
    }

    private Unread count(ReadPositions read) {
        return counted(READER, read).unread();
    }

    private static Unread.Count of(int notifications, int highlights) {
        return new Unread.Count(notifications, highlights);
    }

    @Test
    void countsWhatNotifiesAndWhatHighlights() {
        room.say(ALICE, "one");
        room.mention(ALICE, null, BOB);
        room.mention(ALICE, null, CAROL);
        room.message(ALICE, null, JsonObject.of("msgtype", "m.notice", "body", "quiet"));
        room.state(ALICE);
        Unread unread = count(ReadPositions.since(0));
        assertThat(unread.total()).isEqualTo(of(3, 1));
        assertThat(unread.main()).isEqualTo(of(3, 1));
        assertThat(unread.threads()).isEmpty();
    }

    @Test
    void nothingBeforeTheMembershipCounts() {
        UnreadEvent early = room.say(ALICE, "early");
        room.say(ALICE, "late");
        assertThat(count(ReadPositions.since(early.position())).total()).isEqualTo(of(1, 0));
    }

    /// The timeline and the receipts of the threads example of the conformance suite.
    @Test
    void threadsAreCountedApart() {
        UnreadEvent a = room.say(ALICE, "Hello world!");
        UnreadEvent b = room.message(ALICE, a.id(), JsonObject.of("body", "Start thread!"));
        room.mention(ALICE, a.id(), BOB);
        UnreadEvent d = room.mention(ALICE, null, BOB);
        UnreadEvent e = room.message(ALICE, a.id(), JsonObject.of("body", "End thread"));
        room.say(ALICE, "Reference!");
        UnreadCounter counter = counted(READER, ReadPositions.since(0));
        assertThat(counter.unread())
                .isEqualTo(new Unread(of(6, 2), of(3, 1), Map.of(a.id(), of(3, 1))));

        assertThat(counter.read(new ReadPositions(0, 0, a.position(), Map.of()))).isTrue();
        assertThat(counter.unread())
                .isEqualTo(new Unread(of(5, 2), of(2, 1), Map.of(a.id(), of(3, 1))));

        counter.read(new ReadPositions(0, 0, a.position(), Map.of(a.id(), b.position())));
        assertThat(counter.unread())
                .isEqualTo(new Unread(of(4, 2), of(2, 1), Map.of(a.id(), of(2, 1))));

        counter.read(
                new ReadPositions(0, d.position(), a.position(), Map.of(a.id(), b.position())));
        assertThat(counter.unread())
                .isEqualTo(new Unread(of(2, 0), of(1, 0), Map.of(a.id(), of(1, 0))));

        counter.read(
                new ReadPositions(
                        0, d.position(), a.position(), Map.of(a.id(), e.position() + 20)));
        assertThat(counter.unread()).isEqualTo(new Unread(of(1, 0), of(1, 0), Map.of()));
    }

    @Test
    void receiptsThatGoBackMeanToCountAnew() {
        UnreadEvent one = room.say(ALICE, "one");
        room.say(ALICE, "two");
        UnreadCounter counter = counted(READER, new ReadPositions(0, one.position(), 0, Map.of()));
        assertThat(counter.read(ReadPositions.since(0))).isFalse();
        assertThat(counter.unread().total()).isEqualTo(of(1, 0));
    }

    @Test
    void ownMessagesNeverCountAndMarkTheirTimelineAsRead() {
        UnreadEvent root = room.say(ALICE, "root");
        room.message(ALICE, root.id(), JsonObject.of("body", "in the thread"));
        room.say(ALICE, "two");
        room.say(BOB, "an answer");
        assertThat(count(ReadPositions.since(0)))
                .isEqualTo(new Unread(of(1, 0), of(0, 0), Map.of(root.id(), of(1, 0))));
        room.message(BOB, root.id(), JsonObject.of("body", "in the thread too"));
        assertThat(count(ReadPositions.since(0))).isEqualTo(Unread.NONE);
    }

    @Test
    void ownStateEventsAndRedactionsMarkNothingAsRead() {
        UnreadEvent one = room.say(BOB, "mine");
        room.say(ALICE, "one");
        room.state(BOB);
        room.redact(BOB, one);
        assertThat(count(ReadPositions.since(0)).total()).isEqualTo(of(1, 0));
    }

    @Test
    void redactedEventsDoNotCount() {
        UnreadEvent one = room.say(ALICE, "one");
        room.mention(ALICE, null, BOB);
        UnreadCounter counter = counted(READER, ReadPositions.since(0));
        assertThat(counter.unread().total()).isEqualTo(of(2, 1));
        UnreadEvent redaction = room.redact(ALICE, one);
        counter.add(redaction);
        assertThat(counter.unread().total()).isEqualTo(of(1, 1));
        assertThat(count(ReadPositions.since(0)).total()).isEqualTo(of(1, 1));
    }

    @Test
    void anEditedEventCountsOnce() {
        UnreadEvent one = room.say(ALICE, "one");
        room.edit(ALICE, one, JsonObject.of());
        assertThat(count(ReadPositions.since(0)).total()).isEqualTo(of(1, 0));
        room.edit(ALICE, one, JsonObject.of("m.mentions", JsonObject.of("user_ids", List.of(BOB))));
        assertThat(count(ReadPositions.since(0)).total()).isEqualTo(of(1, 1));
        assertThat(count(new ReadPositions(0, one.position(), 0, Map.of())).total())
                .isEqualTo(of(1, 1));
    }

    @Test
    void editsCountOnceAlsoForRulesThatNotifyOfAllOfThem() {
        PushRuleSet loud =
                ((PushRuleEdit.Changed)
                                PushRuleEditor.put(
                                        RULES,
                                        RuleKind.OVERRIDE,
                                        "all",
                                        Json.parseObject(
                                                "{\"conditions\": [], \"actions\": [\"notify\"]}"),
                                        null,
                                        null))
                        .rules();
        UnreadEvent one = room.say(ALICE, "one");
        room.edit(ALICE, one, JsonObject.of());
        room.edit(ALICE, one, JsonObject.of());
        assertThat(
                        counted(new UnreadReader(loud, null, Set.of()), ReadPositions.since(0))
                                .unread()
                                .total())
                .isEqualTo(of(1, 0));
    }

    @Test
    void ignoredUsersDoNotCount() {
        room.mention(ALICE, null, BOB);
        room.say(CAROL, "x");
        assertThat(
                        counted(
                                        new UnreadReader(RULES, null, Set.of(ALICE)),
                                        ReadPositions.since(0))
                                .unread()
                                .total())
                .isEqualTo(of(1, 0));
    }

    @Test
    void anEventIsTakenOnce() {
        UnreadEvent one = room.say(ALICE, "one");
        UnreadCounter counter = counted(READER, ReadPositions.since(0));
        counter.add(one);
        assertThat(counter.unread().total()).isEqualTo(of(1, 0));
        assertThat(counter.evaluatedUpTo()).isEqualTo(one.position());
    }

    @Test
    void countsAreBounded() {
        UnreadCounter counter = new UnreadCounter(READER, ReadPositions.since(0));
        Timeline large = new Timeline(5);
        for (int i = 0; i < UnreadCounter.MAX_UNREAD + 50; i++) {
            counter.add(large.say(ALICE, "x"));
        }
        assertThat(counter.unread().total()).isEqualTo(of(UnreadCounter.MAX_UNREAD, 0));
    }

    @Test
    void threadRootsAreFoundWithinThreeHops() {
        EventId root = EventId.parse("$root:x");
        Map<EventId, JsonObject> contents =
                Map.of(
                        EventId.parse("$reply:x"), relation("m.thread", "$root:x"),
                        EventId.parse("$edit:x"), relation("m.replace", "$reply:x"),
                        EventId.parse("$reaction:x"), relation("m.annotation", "$edit:x"),
                        EventId.parse("$loop:x"), relation("m.reference", "$loop:x"));
        assertThat(ThreadRoots.rootOf(relation("m.thread", "$root:x"), contents::get))
                .contains(root);
        assertThat(ThreadRoots.rootOf(relation("m.replace", "$reply:x"), contents::get))
                .contains(root);
        assertThat(ThreadRoots.rootOf(relation("m.reference", "$reaction:x"), contents::get))
                .contains(root);
        Map<EventId, JsonObject> far =
                Map.of(
                        EventId.parse("$a:x"), relation("m.reference", "$b:x"),
                        EventId.parse("$b:x"), relation("m.reference", "$c:x"),
                        EventId.parse("$c:x"), relation("m.reference", "$d:x"),
                        EventId.parse("$d:x"), relation("m.thread", "$root:x"));
        assertThat(ThreadRoots.rootOf(relation("m.reference", "$a:x"), far::get)).isEmpty();
        assertThat(ThreadRoots.rootOf(relation("m.annotation", "$root:x"), contents::get))
                .isEmpty();
        assertThat(ThreadRoots.rootOf(relation("m.reference", "$loop:x"), contents::get)).isEmpty();
        assertThat(ThreadRoots.rootOf(JsonObject.of("body", "x"), contents::get)).isEmpty();
    }

    private static JsonObject relation(String type, String to) {
        return JsonObject.of("m.relates_to", JsonObject.of("rel_type", type, "event_id", to));
    }
}
