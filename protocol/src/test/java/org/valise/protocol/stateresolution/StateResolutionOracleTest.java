package org.valise.protocol.stateresolution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// Compares the code with the oracle over random rooms. A failure names the room's seed; replay it
/// with `-Dvalise.stateresolution.seed=N` (and one version by the test's parameter).
class StateResolutionOracleTest {
    private static final int SHORT_DOSE = 50;
    private static final int LONG_DOSE = 20_000;

    @ParameterizedTest
    @EnumSource
    void agreesWithTheOracleInRandomRooms(RoomVersion version) {
        seeds(1, SHORT_DOSE).forEach(seed -> compare(version, seed));
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void agreesWithTheOracleInVeryManyRandomRooms(RoomVersion version) {
        seeds(1_000_000, LONG_DOSE).forEach(seed -> compare(version, seed));
    }

    @Test
    void randomRoomsHaveManyRealConflicts() {
        int conflicts = 0;
        for (long seed = 1; seed <= 50; seed++) {
            List<Map<StateKey, EventId>> states =
                    RandomRoom.of(RoomVersion.V10, seed).statesOfAFork();
            conflicts += new HashSet<>(states).size() > 1 ? 1 : 0;
        }
        assertThat(conflicts).isGreaterThan(35);
    }

    private static LongStream seeds(long first, int count) {
        Long replayed = Long.getLong("valise.stateresolution.seed");
        return replayed != null ? LongStream.of(replayed) : LongStream.range(first, first + count);
    }

    private static void compare(RoomVersion version, long seed) {
        RandomRoom random = RandomRoom.of(version, seed);
        for (int i = 0; i < 6; i++) {
            String what = "room version %s, seed %d, resolution %d".formatted(version, seed, i);
            compare(random.room(), i < 4 ? random.statesOfAFork() : random.bentStates(), what);
        }
    }

    private static void compare(
            MadeRoom room, List<Map<StateKey, EventId>> stateSets, String what) {
        Map<StateKey, EventId> expected = room.oracle.resolve(stateSets);
        Resolving resolving = new Resolving(room);
        assertThat(resolving.wholeStates(stateSets)).as(what).isEqualTo(expected);
        assertThat(resolving.wholeStates(stateSets.reversed()))
                .as("%s, the other way round", what)
                .isEqualTo(expected);
        assertThat(resolving.difference(stateSets)).as("%s, fast form", what).isEqualTo(expected);
    }
}
