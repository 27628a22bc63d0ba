package org.valise.devices.todevice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.accounts.Accounts;
import org.valise.devices.Devices;
import org.valise.devices.todevice.DeviceMessenger.Addressed;
import org.valise.devices.todevice.MessageStore.Recipient;
import org.valise.rooms.Rooms;
import org.valise.testing.TestDatabase;

import java.time.Duration;
import java.util.List;

/// What is dropped of what waits for absent devices.
final class InboxTrimmerTest {
    private static final TestDatabase DATABASE =
            TestDatabase.create(
                    List.of(
                            "org/valise/platform/migration",
                            Accounts.MIGRATIONS,
                            Rooms.MIGRATIONS,
                            Devices.MIGRATIONS));
    private static final long DEVICE = 7;
    private static final long ALICE = 1;
    private static final long MALLORY = 2;
    private static final MessageLimits SMALL =
            new MessageLimits(5, 1_000, Duration.ofDays(100), Duration.ofDays(7));

    private final MessageStore store = new MessageStore(DATABASE.database());
    private final InboxTrimmer trimmer = new InboxTrimmer(store, SMALL);

    @AfterAll
    static void stop() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.database().run(tx -> tx.update("DELETE FROM devices.to_device"));
    }

    @Test
    void dropsTheOldestMessagesOfWhoeverHasMostWaiting() {
        for (int position = 1; position <= 6; position++) {
            add(position, MALLORY, false, 0);
        }
        add(7, ALICE, false, 0);
        add(8, ALICE, false, 0);
        trim();
        assertThat(positions()).containsExactly(4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void dropsAsksBeforeAnythingElse() {
        add(1, ALICE, false, 0);
        add(2, ALICE, true, 0);
        add(3, ALICE, false, 0);
        add(4, MALLORY, true, 0);
        add(5, ALICE, true, 0);
        add(6, ALICE, false, 0);
        add(7, ALICE, false, 0);
        trim();
        assertThat(positions()).containsExactly(1L, 3L, 4L, 6L, 7L);
    }

    @Test
    void dropsWhatIsBeyondTheBytes() {
        for (int position = 1; position <= 4; position++) {
            add(position, ALICE, false, 0, "x".repeat(400));
        }
        trim();
        assertThat(positions()).containsExactly(3L, 4L);
    }

    @Test
    void dropsAsksAfterDaysAndEverythingAfterMonths() {
        add(1, ALICE, false, 101);
        add(2, ALICE, false, 99);
        add(3, ALICE, true, 8);
        add(4, ALICE, true, 6);
        trimmer.trim();
        assertThat(positions()).containsExactly(2L, 4L);
    }

    @Test
    void leavesAloneWhatIsWithinTheLimits() {
        for (int position = 1; position <= 5; position++) {
            add(position, MALLORY, position % 2 == 0, 1);
        }
        trim();
        assertThat(positions()).hasSize(5);
    }

    @Test
    void knowsWhatIsAnAsk() {
        assertThat(List.of("m.room_key_request", "m.secret.request", "m.key.verification.start"))
                .allMatch(MessageLimits::isAsk);
        assertThat(List.of("m.room.encrypted", "m.room_key", "m.secret.send", "m.dummy"))
                .noneMatch(MessageLimits::isAsk);
    }

    private void trim() {
        trimmer.added(new Addressed(new Recipient("@bob:x", 3, "DEVICE", DEVICE), "{}"));
        trimmer.trim();
    }

    private static void add(long position, long sender, boolean ask, int days) {
        add(position, sender, ask, days, "{}");
    }

    private static void add(long position, long sender, boolean ask, int days, String message) {
        DATABASE.database()
                .run(tx ->
                        tx.update(
                                """
                                INSERT INTO devices.to_device (user_number, device, position, sender, ask, at, message)
                                VALUES (3, ?, ?, ?, ?, now() - make_interval(days => ?), ?)
                                """,
                                DEVICE,
                                position,
                                sender,
                                ask,
                                days,
                                message));
    }

    private static List<Long> positions() {
        return DATABASE.database()
                .read(tx ->
                        tx.query(
                                "SELECT position FROM devices.to_device ORDER BY position",
                                row -> row.getLong(1)));
    }
}
