package org.valise.platform.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.database.Database;
import org.valise.testing.TestDatabase;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// No position that was given is given again, whatever happens to the database.
final class ContinuityTest {
    private final TestDatabase test = TestDatabase.create(List.of("org/valise/platform/migration"));
    private final Database database = test.database();
    private final Stream stream = new Stream(database);
    private final OrderedCommits commits = new OrderedCommits(database, stream);
    private final CountDownLatch lost = new CountDownLatch(1);

    @BeforeEach
    void start() {
        stream.onLost(lost::countDown);
        stream.start();
        commits.start();
    }

    @AfterEach
    void stop() {
        commits.close();
        test.close();
    }

    @Test
    void aStartGoesOnFarAheadOfWhatABackupHas() throws Exception {
        long backup = commit();
        long seen = backup;
        for (int i = 0; i < 10; i++) {
            seen = commit();
        }
        loseWhatCameAfter(backup);
        Stream restored = new Stream(database);
        restored.start();
        assertThat(restored.applied()).isGreaterThan(seen);
    }

    @Test
    void aNewConnectionToTheSameHistoryChangesNothing() throws Exception {
        long before = commit();
        breakConnections();
        assertThat(commit()).isEqualTo(before + 1);
    }

    @Test
    void aFailoverThatLosesNothingMakesPositionsJump() throws Exception {
        long before = commit();
        long microseconds = System.currentTimeMillis() * 1_000;
        failOver();
        assertThat(commit()).isGreaterThan(before + 1).isGreaterThan(microseconds);
        assertThat(lost.getCount()).isEqualTo(1);
    }

    @Test
    void aNodeWritesNothingMoreOnceTheDatabaseHasLostWhatItKnows() throws Exception {
        long backup = commit();
        commit();
        loseWhatCameAfter(backup);
        failOver();
        Unit unit = new Unit();
        commits.submit(unit);
        assertThatObject(unit.await()).isNotNull();
        assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aNodeThatOnlyReadsNoticesALossToo() throws Exception {
        long backup = commit();
        commit();
        loseWhatCameAfter(backup);
        stream.catchUp();
        assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private long commit() throws InterruptedException {
        Unit unit = new Unit();
        commits.submit(unit);
        SQLException failure = unit.await();
        if (failure != null) {
            throw new AssertionError(failure);
        }
        return unit.position;
    }

    private void loseWhatCameAfter(long position) {
        database.read(tx -> tx.update("DELETE FROM stream.commit WHERE position > ?", position));
    }

    private void failOver() throws SQLException {
        database.read(tx -> tx.update("UPDATE stream.history SET timeline = 'another'"));
        breakConnections();
    }

    private void breakConnections() throws SQLException {
        try (Connection connection = database.connectAlone("test");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                    """);
        }
    }

    /// A commit of one change.
    private static final class Unit implements OrderedUnit {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile long position;
        private volatile @Nullable SQLException failure;

        @Nullable SQLException await() throws InterruptedException {
            done.await();
            return failure;
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public void write(CommitBatch batch) {
            batch.position();
        }

        @Override
        public List<Change> committed(long base) {
            position = base + 1;
            return List.of();
        }

        @Override
        public void applied() {
            done.countDown();
        }

        @Override
        public void failed(SQLException cause) {
            failure = cause;
            done.countDown();
        }
    }
}
