package org.valise.platform.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.testing.TestDatabase;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

final class OrderedCommitsTest {
    private static final BulkInsert NOTE =
            new BulkInsert(
                    "note",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO note (position, name)
                    SELECT stream.last_position() - ? + ordinal, name
                    FROM unnest(?, ?) AS row (ordinal, name)
                    """,
                    List.of(Column.INT, Column.TEXT));
    private static final BulkInsert FENCE =
            new BulkInsert(
                    "fence",
                    Phase.FENCE,
                    false,
                    "INSERT INTO fence (room, version) SELECT * FROM unnest(?, ?)",
                    List.of(Column.LONG, Column.LONG));

    private final TestDatabase test = TestDatabase.create(List.of("org/valise/platform/migration"));
    private final Database database = test.database();
    private final Stream stream = new Stream(database);
    private final OrderedCommits commits = new OrderedCommits(database, stream);
    private long begin;
    private final List<Long> followed = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() {
        database.run(tx ->
                tx.script(
                        """
                        CREATE TABLE note (position bigint PRIMARY KEY, name text UNIQUE);
                        CREATE TABLE fence (room bigint, version bigint, PRIMARY KEY (room, version));
                        """));
        stream.follow(
                new StreamFollower() {
                    @Override
                    public void apply(List<Change> changes) {
                        changes.forEach(change -> followed.add(change.position()));
                    }
                });
        stream.start();
        begin = stream.applied();
    }

    @AfterEach
    void stop() {
        commits.close();
        test.close();
    }

    @Test
    void writesWhatIsQueuedInOneCommitWithPositionsInOrder() throws Exception {
        List<Note> notes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            notes.add(submit("n" + i, "group" + i % 3));
        }
        commits.start();
        for (Note note : notes) {
            assertThatObject(note.await()).isNull();
        }
        assertThat(names()).containsExactlyElementsOf(notes.stream().map(n -> n.name).toList());
        assertThat(followed).hasSize(50).isSorted();
        assertThat(stream.applied()).isEqualTo(followed.getLast());
        assertThat(commitRows()).isEqualTo(1);
    }

    @Test
    void findsTheOneBadUnitAndWritesTheOthers() throws Exception {
        commits.start();
        assertThatObject(submit("taken", "a").await()).isNull();
        List<Note> notes = new ArrayList<>();
        synchronized (this) {
            for (int i = 0; i < 20; i++) {
                notes.add(submit(i == 7 ? "taken" : "m" + i, "group" + i));
            }
        }
        for (int i = 0; i < 20; i++) {
            SQLException failure = notes.get(i).await();
            if (i == 7) {
                assertThatObject(failure).isNotNull();
                assertThat(failure.getSQLState()).isEqualTo("23505");
            } else {
                assertThatObject(failure).isNull();
            }
        }
        assertThat(names()).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void doesNotWriteWhatBuiltOnAFailedUnit() throws Exception {
        AtomicInteger failed = new AtomicInteger();
        Note first = new Note("x", "room", failed);
        Note twin = new Note("x", "room", failed);
        Note child = new Note("y", "room", failed);
        Note other = new Note("z", "elsewhere", new AtomicInteger());
        for (Note note : List.of(first, twin, child, other)) {
            commits.submit(note);
        }
        commits.start();
        assertThatObject(first.await()).isNull();
        assertThatObject(twin.await()).isNotNull();
        assertThatObject(child.await()).isInstanceOf(StaleUnitException.class);
        assertThatObject(other.await()).isNull();
        assertThat(names()).containsExactlyInAnyOrder("x", "z");
    }

    @Test
    void writesNothingOfABatchThatBreaksTheFence() throws Exception {
        commits.start();
        database.run(tx -> tx.update("INSERT INTO fence VALUES (1, 5)"));
        Note fenced = new Note("late", "room", new AtomicInteger());
        fenced.fence = 5;
        commits.submit(fenced);
        assertThatObject(fenced.await()).isNotNull();
        assertThat(names()).isEmpty();
        assertThat(commitRows()).isZero();
    }

    @Test
    void takesPartInOneOrderWithAnotherNode() throws Exception {
        commits.start();
        Stream otherStream = new Stream(database);
        List<String> seenByOther = Collections.synchronizedList(new ArrayList<>());
        otherStream.read(new Notes(seenByOther));
        otherStream.start();
        long otherBegin = otherStream.applied();
        try (OrderedCommits others = new OrderedCommits(database, otherStream)) {
            others.start();
            List<Note> notes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Note note = new Note("both" + i, "g" + i, new AtomicInteger());
                (i % 2 == 0 ? commits : others).submit(note);
                notes.add(note);
            }
            for (Note note : notes) {
                assertThatObject(note.await()).isNull();
            }
            otherStream.catchUp();
            stream.catchUp();
            assertThat(otherStream.applied())
                    .isEqualTo(stream.applied())
                    .isEqualTo(otherBegin + 100);
            assertThat(names()).hasSize(100);
            assertThat(seenByOther).hasSizeGreaterThanOrEqualTo(50).doesNotHaveDuplicates();
        }
    }

    @Test
    void asksOnlyReadersThatHaveSomethingToRead() throws Exception {
        commits.start();
        Stream otherStream = new Stream(database);
        List<String> seenByOther = new ArrayList<>();
        Notes notes = new Notes(seenByOther);
        otherStream.read(notes);
        otherStream.start();
        stream.start(); // a commit without notes
        otherStream.catchUp();
        assertThat(otherStream.applied()).isEqualTo(stream.applied());
        assertThat(notes.asked).isZero();
        Note note = new Note("news", "g", new AtomicInteger());
        commits.submit(note);
        assertThatObject(note.await()).isNull();
        otherStream.catchUp();
        assertThat(seenByOther).containsExactly("news");
        assertThat(notes.asked).isEqualTo(1);
    }

    @Test
    void survivesTheDeathOfItsConnectionWithoutLosingOrDoubling() throws Exception {
        commits.start();
        List<Note> notes = new ArrayList<>();
        // Not of the pool: the one that kills must not have been killed the round before.
        try (Connection killer = database.connectAlone("killer");
                Statement statement = killer.createStatement()) {
            for (int round = 0; round < 8; round++) {
                for (int i = 0; i < 30; i++) {
                    notes.add(submit("r" + round + "-" + i, "g" + i));
                }
                statement.execute(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """);
            }
        }
        for (Note note : notes) {
            assertThatObject(note.await()).isNull();
        }
        assertThat(names())
                .containsExactlyInAnyOrderElementsOf(notes.stream().map(n -> n.name).toList());
        assertThat(followed).isSorted().doesNotHaveDuplicates().hasSize(notes.size());
    }

    private Note submit(String name, String group) {
        Note note = new Note(name, group, new AtomicInteger());
        commits.submit(note);
        return note;
    }

    private List<String> names() {
        return database.read(
                tx -> tx.query("SELECT name FROM note ORDER BY position", row -> row.getString(1)));
    }

    private long commitRows() {
        return database.read(tx ->
                tx.only(
                        "SELECT count(*) FROM stream.commit WHERE position > ?",
                        r -> r.getLong(1),
                        begin));
    }

    private record Seen(long position) implements Change {}

    private static final class Note implements OrderedUnit {
        final String name;
        private final String group;
        private final AtomicInteger failedBefore;
        private final CountDownLatch done = new CountDownLatch(1);
        private int ordinal;
        long fence = -1;
        private @Nullable SQLException failure;

        Note(String name, String group, AtomicInteger failedBefore) {
            this.name = name;
            this.group = group;
            this.failedBefore = failedBefore;
        }

        @Override
        public Object group() {
            return group;
        }

        @Override
        public boolean stale() {
            return failedBefore.get() > 0;
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public void write(CommitBatch batch) {
            ordinal = batch.position();
            batch.add(NOTE, ordinal, name);
            if (fence >= 0) {
                batch.add(FENCE, 1L, fence);
            }
        }

        @Override
        public List<Change> committed(long base) {
            return List.of(new Seen(base + ordinal));
        }

        @Override
        public void applied() {
            done.countDown();
        }

        @Override
        public void failed(SQLException cause) {
            failedBefore.incrementAndGet();
            failure = cause;
            done.countDown();
        }

        @Nullable SQLException await() throws InterruptedException {
            assertThat(done.await(Duration.ofSeconds(20).toSeconds(), TimeUnit.SECONDS)).isTrue();
            return failure;
        }
    }

    /// What another node reads.
    private final class Notes implements ChangeReader {
        private final List<String> seen;
        private int asked;

        Notes(List<String> seen) {
            this.seen = seen;
        }

        @Override
        public Set<String> tables() {
            return Set.of("note");
        }

        @Override
        public List<Seen> read(News news) {
            asked++;
            return database.read(tx ->
                    tx.query(
                            "SELECT position, name FROM note WHERE position > ? AND position <= ?",
                            row -> {
                                seen.add(row.getString(2));
                                return new Seen(row.getLong(1));
                            },
                            news.from(),
                            news.to()));
        }
    }
}
