package org.valise.protocol.authrules;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

final class PowerLevelsTest {

    private static final UserId CREATOR = UserId.parse(Events.CREATOR);
    private static final UserId MOD = UserId.parse("@mod:here.test");
    private static final UserId USER = UserId.parse("@user:here.test");

    @ParameterizedTest
    @EnumSource
    void haveTheSpecificationsDefaultsBeforeThereAreAny(RoomVersion version) {
        assertDefaults(levels(version, null, JsonObject.of()));
    }

    @ParameterizedTest
    @EnumSource
    void haveTheSpecificationsDefaultsWhereNoneAreGiven(RoomVersion version) {
        assertDefaults(levels(version, JsonObject.of(), JsonObject.of()));
    }

    private static void assertDefaults(PowerLevels levels) {
        assertThat(levels.ban()).isEqualTo(50);
        assertThat(levels.kick()).isEqualTo(50);
        assertThat(levels.redact()).isEqualTo(50);
        assertThat(levels.invite()).isZero();
        assertThat(levels.usersDefault()).isZero();
        assertThat(levels.stateLevel("m.room.topic")).isEqualTo(50);
        assertThat(levels.eventLevel("m.room.message")).isZero();
        assertThat(levels.notification("room")).isEqualTo(50);
        assertThat(levels.userLevel(USER)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void areThoseOfTheEvent(RoomVersion version) {
        PowerLevels levels =
                levels(
                        version,
                        JsonObject.of(
                                "ban",
                                1,
                                "kick",
                                2,
                                "redact",
                                3,
                                "invite",
                                4,
                                "users_default",
                                5,
                                "state_default",
                                6,
                                "events_default",
                                7,
                                "users",
                                JsonObject.of(MOD.value(), 8),
                                "events",
                                JsonObject.of("m.room.topic", 9),
                                "notifications",
                                JsonObject.of("room", 10)),
                        JsonObject.of());
        assertThat(levels.ban()).isEqualTo(1);
        assertThat(levels.kick()).isEqualTo(2);
        assertThat(levels.redact()).isEqualTo(3);
        assertThat(levels.invite()).isEqualTo(4);
        assertThat(levels.usersDefault()).isEqualTo(5);
        assertThat(levels.userLevel(USER)).isEqualTo(5);
        assertThat(levels.userLevel(MOD)).isEqualTo(8);
        assertThat(levels.stateLevel("m.room.name")).isEqualTo(6);
        assertThat(levels.eventLevel("m.room.message")).isEqualTo(7);
        assertThat(levels.stateLevel("m.room.topic")).isEqualTo(9);
        assertThat(levels.eventLevel("m.room.topic")).isEqualTo(9);
        assertThat(levels.notification("room")).isEqualTo(10);
        assertThat(levels.notification("other")).isEqualTo(50);
    }

    @Test
    void giveTheCreatorLevel100AsLongAsThereAreNoneUntilVersion11() {
        for (RoomVersion version : RoomVersion.values()) {
            long expected = version == RoomVersion.V12 ? PowerLevels.INFINITE : 100;
            assertThat(levels(version, null, JsonObject.of()).userLevel(CREATOR))
                    .isEqualTo(expected);
        }
    }

    @Test
    void giveTheCreatorNoMoreThanOthersOnceThereAreSomeUntilVersion11() {
        for (RoomVersion version : RoomVersion.values()) {
            long expected = version == RoomVersion.V12 ? PowerLevels.INFINITE : 3;
            assertThat(
                            levels(version, JsonObject.of("users_default", 3), JsonObject.of())
                                    .userLevel(CREATOR))
                    .isEqualTo(expected);
        }
    }

    @Test
    void putCreatorsAboveEveryLevelWhateverTheEventSaysInVersion12() {
        JsonObject content =
                JsonObject.of(
                        "users", JsonObject.of(CREATOR.value(), 0, MOD.value(), (1L << 53) - 1));
        PowerLevels levels =
                levels(
                        RoomVersion.V12,
                        content,
                        JsonObject.of("additional_creators", JsonArray.of(USER.value())));
        assertThat(levels.userLevel(CREATOR)).isEqualTo(PowerLevels.INFINITE);
        assertThat(levels.userLevel(USER)).isEqualTo(PowerLevels.INFINITE);
        assertThat(levels.userLevel(MOD)).isLessThan(PowerLevels.INFINITE);
        assertThat(levels.isCreator(CREATOR)).isTrue();
        assertThat(levels.isCreator(USER)).isTrue();
        assertThat(levels.isCreator(MOD)).isFalse();
    }

    @Test
    void takeTheContentsCreatorForTheCreatorUntilVersion10() {
        for (RoomVersion version : RoomVersion.values()) {
            PowerLevels levels = levels(version, null, JsonObject.of("creator", MOD.value()));
            boolean bySender = version.compareTo(RoomVersion.V11) >= 0;
            assertThat(levels.isCreator(MOD)).isEqualTo(!bySender);
            assertThat(levels.isCreator(CREATOR)).isEqualTo(bySender);
        }
    }

    @ParameterizedTest
    @EnumSource
    void takeWhatMakesNoSenseForNotGiven(RoomVersion version) {
        JsonObject content =
                JsonObject.of(
                        "ban",
                        "much",
                        "kick",
                        null,
                        "users",
                        JsonArray.of(1),
                        "events",
                        JsonObject.of("m.room.topic", true),
                        "notifications",
                        "room");
        assertDefaults(levels(version, content, JsonObject.of()));
    }

    private static PowerLevels levels(
            RoomVersion version, @Nullable JsonObject content, JsonObject create) {
        Events events = new Events(version);
        return PowerLevels.of(
                version,
                content == null ? null : events.state("m.room.power_levels", content),
                events.create(create));
    }
}
