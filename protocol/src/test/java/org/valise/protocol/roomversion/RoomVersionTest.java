package org.valise.protocol.roomversion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

final class RoomVersionTest {
    @Test
    void isFoundByItsIdentifierOnly() {
        for (int i = 1; i <= 12; i++) {
            assertThat(RoomVersion.of(Integer.toString(i))).contains(RoomVersion.values()[i - 1]);
            assertThat(RoomVersion.values()[i - 1].id()).isEqualTo(Integer.toString(i));
        }
        for (String unknown : List.of("", "0", "13", "01", "V1", " 1", "org.matrix.msc3757.10")) {
            assertThat(RoomVersion.of(unknown)).isEmpty();
        }
        assertThat(RoomVersion.DEFAULT).isEqualTo(RoomVersion.V12);
    }

    @Test
    void aTweakHoldsFromItsVersionOn() {
        for (Tweak tweak : Tweak.values()) {
            List<Boolean> has = Arrays.stream(RoomVersion.values()).map(v -> v.has(tweak)).toList();
            assertThat(has.getLast()).as("%s in the newest version", tweak).isTrue();
            assertThat(has.lastIndexOf(false)).as("%s", tweak).isLessThan(has.indexOf(true));
        }
    }

    @Test
    void tweaksStandInTheOrderOfTheirVersions() {
        List<Integer> introduced =
                Arrays.stream(Tweak.values())
                        .map(tweak ->
                                (int)
                                        Arrays.stream(RoomVersion.values())
                                                .filter(version -> !version.has(tweak))
                                                .count())
                        .toList();
        assertThat(introduced).isSorted();
        assertThat(RoomVersion.V1).matches(v -> Arrays.stream(Tweak.values()).noneMatch(v::has));
        assertThat(RoomVersion.V7.has(Tweak.KNOCKING)).isTrue();
        assertThat(RoomVersion.V6.has(Tweak.KNOCKING)).isFalse();
    }
}
