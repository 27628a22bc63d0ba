package org.valise.rooms.upgrades;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.List;

final class TransferredLevelsTest {
    private static final UserId ALICE = UserId.parse("@alice:example.org");
    private static final UserId BOB = UserId.parse("@bob:example.org");

    private static JsonObject transferred(JsonObject before, String version) {
        return TransferredLevels.of(
                before, List.of(), RoomVersion.of(version).orElseThrow(), List.of(ALICE));
    }

    @Test
    void textBecomesNumbersWhereOnlyNumbersAreAllowed() {
        JsonObject before =
                JsonObject.of(
                        "ban", "50", "users", JsonObject.of(ALICE.value(), " 100 "), "kick", "x");
        assertThat(transferred(before, "10"))
                .isEqualTo(JsonObject.of("ban", 50, "users", JsonObject.of(ALICE.value(), 100)));
        assertThat(transferred(before, "9")).isEqualTo(before);
    }

    @Test
    void theTombstoneStandsAboveEveryOtherState() {
        JsonObject high = JsonObject.of("state_default", 200);
        assertThat(transferred(high, "12").object("events"))
                .contains(JsonObject.of("m.room.tombstone", 201));
        JsonObject fine =
                JsonObject.of(
                        "events", JsonObject.of("m.room.tombstone", 160), "state_default", 50);
        assertThat(transferred(fine, "12").object("events"))
                .contains(JsonObject.of("m.room.tombstone", 160));
        JsonObject largest = JsonObject.of("state_default", (1L << 53) - 1);
        assertThat(transferred(largest, "12").object("events"))
                .contains(JsonObject.of("m.room.tombstone", (1L << 53) - 1));
    }

    @Test
    void creatorsAreNamedAgainWhereTheyAreNotAboveTheLevels() {
        JsonObject before =
                JsonObject.of("events", JsonObject.of("m.room.tombstone", 150), "users_default", 0);
        assertThat(
                        TransferredLevels.of(
                                        before,
                                        List.of(ALICE, BOB),
                                        RoomVersion.of("11").orElseThrow(),
                                        List.of(ALICE))
                                .object("users"))
                .contains(JsonObject.of(ALICE.value(), 150, BOB.value(), 150));
    }

    @Test
    void anEndedRoomKeepsWhatIsStricterAlready() {
        JsonObject before = JsonObject.of("users_default", 60, "events_default", 10, "invite", 90);
        JsonObject closed = TransferredLevels.closed(before);
        assertThat(closed.integer("events_default")).contains(61L);
        assertThat(closed.integer("invite")).contains(90L);
    }
}
