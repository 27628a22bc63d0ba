package org.valise.sync.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.stream.EphemeralOrder;
import org.valise.platform.stream.RoomScoped;
import org.valise.platform.stream.Stream;
import org.valise.rooms.members.MembershipStore;
import org.valise.testing.TestDatabase;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who syncs is in memory; who does no more is not.
final class UserViewsTest {
    private static final long ALICE = 1;
    private static final long BOB = 2;
    private static final long ROOM = 7;
    private final TestDatabase database =
            TestDatabase.create(
                    List.of(
                            "org/valise/platform/migration",
                            "org/valise/accounts/migration",
                            "org/valise/rooms/migration"));
    private final Stream stream = new Stream(database.database());
    private final EphemeralOrder ephemeral = new EphemeralOrder(database.database());
    private final UserViews views =
            new UserViews(
                    stream,
                    ephemeral,
                    new MembershipStore(database.database()),
                    user -> List.of(),
                    Duration.ofMillis(1));

    /// Something that happened in a room.
    private record Happened(long position, long room) implements RoomScoped {}

    @BeforeEach
    void start() {
        database.database()
                .run(tx ->
                        tx.update(
                                """
                                INSERT INTO rooms.membership
                                    (user_number, room, position, membership, event)
                                VALUES (1, 7, 0, 3, 1), (2, 7, 0, 3, 2)
                                """));
        stream.start();
        ephemeral.start();
    }

    @AfterEach
    void stop() {
        ephemeral.close();
        database.close();
    }

    @Test
    void letsGoOfViewsThatNobodyUsesAndMakesThemAnew() throws InterruptedException {
        long start = stream.applied();
        try (UserViews.Lease alice = views.open(ALICE)) {
            views.open(BOB).close();
            untilSize(1);
            views.apply(List.of(new Happened(start + 10, ROOM)));
            assertThat(alice.view().roomsChangedAfter(start + 5))
                    .isEqualTo(Optional.of(Set.of(ROOM)));
        }
        untilSize(0);
        try (UserViews.Lease again = views.open(BOB)) {
            assertThat(again.view().membershipAt(ROOM, 100)).isPresent();
            views.apply(List.of(new Happened(start + 20, ROOM)));
            assertThat(again.view().roomsChangedAfter(start + 15))
                    .isEqualTo(Optional.of(Set.of(ROOM)));
        }
    }

    @Test
    void aViewInUseStaysHoweverLongItIsUsed() throws InterruptedException {
        try (UserViews.Lease first = views.open(ALICE);
                UserViews.Lease second = views.open(ALICE)) {
            assertThat(second.view()).isSameAs(first.view());
            first.close();
            Thread.sleep(20);
            views.apply(List.of());
            assertThat(views.size()).isEqualTo(1);
        }
    }

    private void untilSize(int size) throws InterruptedException {
        for (int i = 0; i < 2_000 && views.size() != size; i++) {
            Thread.sleep(5);
            views.apply(List.of());
        }
        assertThat(views.size()).isEqualTo(size);
    }
}
