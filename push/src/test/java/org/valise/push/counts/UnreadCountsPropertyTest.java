package org.valise.push.counts;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.PushActions;
import org.valise.protocol.pushrules.PushContext;
import org.valise.protocol.pushrules.PushEvaluator;
import org.valise.protocol.pushrules.PushRuleEdit;
import org.valise.protocol.pushrules.PushRuleEditor;
import org.valise.protocol.pushrules.PushRuleSet;
import org.valise.protocol.pushrules.RuleKind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Counters that are kept, fed and shared say what the definition says of the whole timeline.
final class UnreadCountsPropertyTest {
    private static final List<String> USERS =
            List.of(
                    "@alice:example.org",
                    "@bob:example.org",
                    "@carol:example.org",
                    "@dave:example.org");

    /// One user of the room, what they have read and how they are notified.
    private static final class Member {
        final String id;
        PushRuleSet rules;
        Set<String> ignored = Set.of();
        long unthreaded;
        long main;
        final Map<EventId, Long> threads = new HashMap<>();

        Member(String id) {
            this.id = id;
            this.rules = PushRuleSet.defaults(UserId.parse(id));
        }

        ReadPositions read() {
            return new ReadPositions(0, unthreaded, main, Map.copyOf(threads));
        }

        UnreadReader reader() {
            return new UnreadReader(rules, id, ignored);
        }
    }

    @Test
    void agreeWithTheDefinitionWhateverHappensInWhicheverOrder() {
        for (long seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Timeline room = new Timeline(4);
            UnreadCounts counts = new UnreadCounts(room);
            List<Member> members = USERS.stream().map(Member::new).toList();
            for (int step = 0; step < 150; step++) {
                if (random.nextInt(3) > 0) {
                    happen(random, room);
                } else {
                    change(random, any(random, members), room);
                }
                for (Member member : members) {
                    if (random.nextInt(4) == 0) {
                        assertThat(
                                        counts.unread(
                                                USERS.indexOf(member.id),
                                                1,
                                                member.reader(),
                                                member.read(),
                                                room.last()))
                                .as("seed %d, step %d, %s", seed, step, member.id)
                                .isEqualTo(defined(room, member));
                    }
                }
            }
        }
    }

    @Test
    void readersOfARoomShareWhatIsRead() {
        Timeline room = new Timeline(4);
        UnreadCounts counts = new UnreadCounts(room);
        List<Member> members = USERS.stream().map(Member::new).toList();
        for (int i = 0; i < 300; i++) {
            room.say(USERS.getFirst(), "x" + i);
            for (Member member : members) {
                counts.unread(
                        USERS.indexOf(member.id), 1, member.reader(), member.read(), room.last());
            }
        }
        // Once for each member in the beginning, then once for each message.
        assertThat(room.reads).isBetween(300, 310);
    }

    @Test
    void whoLagsBehindTheOthersMissesNothing() {
        Timeline room = new Timeline(4);
        UnreadCounts counts = new UnreadCounts(room);
        Member bob = new Member("@bob:example.org");
        Member carol = new Member("@carol:example.org");
        counts.unread(1, 1, bob.reader(), bob.read(), room.last());
        for (int i = 0; i < 300; i++) {
            room.say("@alice:example.org", "x" + i);
            counts.unread(2, 1, carol.reader(), carol.read(), room.last());
        }
        assertThat(counts.unread(1, 1, bob.reader(), bob.read(), room.last()))
                .isEqualTo(defined(room, bob));
    }

    @Test
    void whoComesBackAfterLongIsCountedAnew() {
        Timeline room = new Timeline(4);
        UnreadCounts counts = new UnreadCounts(room);
        Member bob = new Member("@bob:example.org");
        room.say("@alice:example.org", "first");
        assertThat(
                        counts.unread(2, 1, bob.reader(), bob.read(), room.last())
                                .total()
                                .notifications())
                .isEqualTo(1);
        for (int i = 0; i < 2_500; i++) {
            room.say("@alice:example.org", "x");
        }
        assertThat(
                        counts.unread(2, 1, bob.reader(), bob.read(), room.last())
                                .total()
                                .notifications())
                .isEqualTo(2_501);
    }

    @Test
    void manyReadersAtOnceCountRight() throws Exception {
        Timeline room = new Timeline(4);
        UnreadCounts counts = new UnreadCounts(room);
        int readers = 8;
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Unread>> results = new ArrayList<>();
            for (int r = 0; r < readers; r++) {
                Member member = new Member("@reader" + r + ":example.org");
                long user = r / 2; // two devices of a user each
                results.add(
                        threads.submit(() -> {
                            start.await();
                            Unread last = Unread.NONE;
                            for (int i = 0; i < 400; i++) {
                                last =
                                        counts.unread(
                                                user,
                                                1,
                                                member.reader(),
                                                member.read(),
                                                room.last());
                            }
                            return last;
                        }));
            }
            start.countDown();
            for (int i = 0; i < 200; i++) {
                room.say("@alice:example.org", "x");
            }
            for (Future<Unread> result : results) {
                result.get();
            }
            for (int r = 0; r < readers; r++) {
                Member member = new Member("@reader" + r + ":example.org");
                assertThat(
                                counts.unread(r / 2, 1, member.reader(), member.read(), room.last())
                                        .total())
                        .isEqualTo(new Unread.Count(200, 0));
            }
        }
    }

    // ---- what happens ----

    private static void happen(Random random, Timeline room) {
        String sender = any(random, USERS);
        List<UnreadEvent> all = room.all();
        EventId thread =
                all.isEmpty() || random.nextBoolean()
                        ? null
                        : all.get(random.nextInt(Math.min(3, all.size()))).id();
        switch (random.nextInt(8)) {
            case 0 -> room.mention(sender, thread, any(random, USERS));
            case 1 -> room.state(sender);
            case 2 -> {
                if (!all.isEmpty()) {
                    room.redact(sender, any(random, all));
                }
            }
            case 3, 4 -> {
                if (!all.isEmpty()) {
                    UnreadEvent edited = any(random, all);
                    JsonObject more =
                            random.nextBoolean()
                                    ? JsonObject.of()
                                    : JsonObject.of(
                                            "m.mentions",
                                            JsonObject.of("user_ids", List.of(any(random, USERS))));
                    room.edit(edited.event().sender(), edited, more);
                }
            }
            default ->
                    room.message(
                            sender,
                            thread,
                            JsonObject.of(
                                    "body",
                                    "x",
                                    "msgtype",
                                    random.nextInt(4) == 0 ? "m.notice" : "m.text"));
        }
    }

    private static void change(Random random, Member member, Timeline room) {
        List<UnreadEvent> all = room.all();
        if (all.isEmpty()) {
            return;
        }
        UnreadEvent event = any(random, all);
        switch (random.nextInt(9)) {
            case 0, 1 -> member.unthreaded = Math.max(member.unthreaded, event.position());
            case 2, 3 -> member.main = Math.max(member.main, event.position());
            case 4, 5 -> member.threads.merge(all.getFirst().id(), event.position(), Math::max);
            case 6 -> member.unthreaded = event.position();
            case 7 -> member.ignored = random.nextBoolean() ? Set.of() : Set.of(any(random, USERS));
            default -> {
                if (PushRuleEditor.put(
                                member.rules,
                                RuleKind.OVERRIDE,
                                "all",
                                Json.parseObject(
                                        random.nextBoolean()
                                                ? "{\"conditions\": [], \"actions\": [\"notify\"]}"
                                                : "{\"conditions\": [], \"actions\": []}"),
                                null,
                                null)
                        instanceof PushRuleEdit.Changed(PushRuleSet rules)) {
                    member.rules = rules;
                }
            }
        }
    }

    private static <T> T any(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    // ---- the definition ----

    private static Unread defined(Timeline room, Member member) {
        Map<EventId, List<UnreadEvent>> bySubject = new LinkedHashMap<>();
        Set<EventId> highlights = new HashSet<>();
        List<UnreadEvent> all = room.all();
        for (UnreadEvent event : all) {
            if (event.redacted()
                    || event.event().sender().equals(member.id)
                    || member.ignored.contains(event.event().sender())
                    || event.position() <= member.read().upTo(event.thread())
                    || all.stream().anyMatch(own -> answers(own, event, member.id))) {
                continue;
            }
            PushActions actions =
                    PushEvaluator.evaluate(
                            member.rules, new PushContext(event.event(), event.room(), member.id));
            if (actions.notifies()) {
                EventId subject = event.replaces() == null ? event.id() : event.replaces();
                bySubject.computeIfAbsent(subject, _ -> new ArrayList<>()).add(event);
                if (actions.highlights()) {
                    highlights.add(subject);
                }
            }
        }
        Map<@Nullable EventId, int[]> counts = new HashMap<>();
        bySubject.forEach((subject, events) -> {
            int[] count = counts.computeIfAbsent(events.getFirst().thread(), _ -> new int[2]);
            count[0]++;
            count[1] += highlights.contains(subject) ? 1 : 0;
        });
        int[] main = counts.getOrDefault(null, new int[2]);
        counts.remove(null);
        Map<EventId, Unread.Count> threads = new HashMap<>();
        int[] total = main.clone();
        counts.forEach((thread, count) -> {
            threads.put(Objects.requireNonNull(thread), new Unread.Count(count[0], count[1]));
            total[0] += count[0];
            total[1] += count[1];
        });
        return new Unread(
                new Unread.Count(total[0], total[1]), new Unread.Count(main[0], main[1]), threads);
    }

    private static boolean answers(UnreadEvent own, UnreadEvent event, String member) {
        return own.event().sender().equals(member)
                && !own.state()
                && own.redacts() == null
                && own.position() > event.position()
                && Objects.equals(own.thread(), event.thread());
    }
}
