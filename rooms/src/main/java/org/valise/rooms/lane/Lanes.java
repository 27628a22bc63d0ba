package org.valise.rooms.lane;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.StaleUnitException;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.timeline.RoomRef;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// The way to write a room.
public final class Lanes implements AutoCloseable {
    /// A room that nobody writes to for so long costs no memory.
    private static final Duration IDLE = Duration.ofMinutes(10);

    /// A room that other nodes write as fast as they can is lost that often at most, then the
    /// client is told to come again.
    private static final int MAX_ATTEMPTS = 100;

    private final RoomWriter.Tools tools;
    private final HeadStore heads;
    private final OrderedCommits commits;
    private final Cache<Long, Lane> lanes;
    private final Turns turns;

    /// @param cacheBytes about how much memory lanes may take that nobody is writing to
    public Lanes(RoomWriter.Tools tools, OrderedCommits commits, long cacheBytes) {
        this.tools = tools;
        this.heads = new HeadStore(tools.database(), tools.events(), tools.states());
        this.commits = commits;
        this.turns = new Turns(tools.database());
        this.lanes =
                Caffeine.newBuilder()
                        .maximumWeight(cacheBytes)
                        .weigher((Long room, Lane lane) -> lane.weigh())
                        .expireAfterAccess(IDLE)
                        .build();
    }

    /// About how many bytes the lanes take.
    public long memory() {
        lanes.cleanUp();
        return lanes.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /// Runs `write` on the room and returns its result when what it appended is committed, and
    /// applied to this node's memory. Nothing is written if it appended nothing.
    ///
    /// @throws MatrixException what `write` threw, or `M_LIMIT_EXCEEDED` when the room is too busy
    /// @throws DuplicateRequestException if a request with the same transaction id was written
    ///   before
    public <T extends @Nullable Object> T write(RoomRef room, RoomWrite<T> write) {
        Approvals approvals = new Approvals();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            approvals.again();
            Lane lane = lanes.get(room.number(), Lane::new);
            try (Turns.Pass _ = turns.enter(lane)) {
                Attempt<T> made = attempt(room, lane, write, approvals);
                if (made.failure() == null) {
                    return made.result();
                }
                refuse(made.failure(), lane);
            } catch (Approvals.Needed needed) {
                // Neither the lane nor the room's turn is held here.
                approvals.add(tools.policyServers().approved(needed.event, needed.server));
            }
        }
        throw new MatrixException(ErrorCode.M_LIMIT_EXCEEDED, "The room is too busy, try again")
                .with("retry_after_ms", 1000);
    }

    /// @param failure why it was not written; null if it was, or if there was nothing to write
    private record Attempt<T extends @Nullable Object>(T result, @Nullable SQLException failure) {}

    private <T extends @Nullable Object> Attempt<T> attempt(
            RoomRef room, Lane lane, RoomWrite<T> write, Approvals approvals) {
        T result;
        RoomUnit unit;
        lane.lock.lock();
        try {
            RoomWriter writer = new RoomWriter(tools, lane, room, lane.head(heads), approvals);
            result = write.write(writer);
            if (writer.isEmpty()) {
                return new Attempt<>(result, null);
            }
            unit = writer.unit();
            if (lane.hasOutgrownItsWeight()) {
                lanes.asMap().replace(room.number(), lane, lane);
            }
            commits.submit(unit);
        } finally {
            lane.lock.unlock();
        }
        return new Attempt<>(result, awaited(unit));
    }

    /// Makes a room that does not exist yet.
    public <T> T create(RoomVersion version, RoomWrite<T> write) {
        Lane lane = new Lane(tools.rooms().newNumber());
        RoomWriter writer = new RoomWriter(tools, lane, version);
        T result = write.write(writer);
        RoomUnit unit = writer.unit();
        commits.submit(unit);
        SQLException failure = awaited(unit);
        if (failure != null) {
            refuse(failure, lane);
            throw new IllegalStateException("could not create a room", failure);
        }
        return result;
    }

    private static @Nullable SQLException awaited(RoomUnit unit) {
        try {
            return unit.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted before a commit was known", e);
        }
    }

    /// Returns if trying again makes sense.
    private void refuse(SQLException failure, Lane lane) {
        if (failure instanceof StaleUnitException) {
            return;
        }
        Optional<String> constraint = brokenConstraint(failure);
        if (constraint.equals(Optional.of(HeadStore.FENCE))) {
            turns.lost(lane);
            return;
        }
        if (constraint.equals(Optional.of("event_id"))) {
            return; // it has just become known as an outlier
        }
        if (constraint.equals(Optional.of("sent_transaction_pkey"))) {
            throw new DuplicateRequestException();
        }
        if (constraint.equals(Optional.of("alias_pkey"))) {
            throw new MatrixException(ErrorCode.M_ROOM_IN_USE, "The alias is taken");
        }
        if (constraint.equals(Optional.of("room_room_id_key"))) {
            // The same person has made the same room at the same moment on another node.
            throw new MatrixException(ErrorCode.M_LIMIT_EXCEEDED, "Too fast, try again")
                    .with("retry_after_ms", 10);
        }
        throw new IllegalStateException("a room could not be written", failure);
    }

    private static Optional<String> brokenConstraint(SQLException failure) {
        return failure instanceof PSQLException refused && refused.getServerErrorMessage() != null
                ? Optional.ofNullable(refused.getServerErrorMessage().getConstraint())
                : Optional.empty();
    }

    /// Gives back what it held in the database.
    @Override
    public void close() {
        turns.close();
    }
}
