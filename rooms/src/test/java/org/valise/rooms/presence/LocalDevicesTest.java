package org.valise.rooms.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.valise.rooms.presence.PresenceState.OFFLINE;
import static org.valise.rooms.presence.PresenceState.ONLINE;
import static org.valise.rooms.presence.PresenceState.UNAVAILABLE;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/// What follows from what a user's devices do. Spec: client-server API, "Presence".
final class LocalDevicesTest {
    private static final long USER = 1;
    private static final long LAPTOP = 10;
    private static final long PHONE = 11;
    private final LocalDevices devices =
            new LocalDevices(
                    new PresenceConfig(true, Duration.ofMillis(300), Duration.ofMillis(60)));

    private PresenceState at(long now) {
        return devices.of(USER, now).state();
    }

    @Test
    void whoSyncsIsOnlineAndIdleAfterAWhileWithoutActivity() {
        devices.begins(USER, LAPTOP, null, 1_000);
        assertThat(at(1_000)).isEqualTo(ONLINE);
        assertThat(at(1_299)).isEqualTo(ONLINE);
        assertThat(at(1_300)).isEqualTo(UNAVAILABLE);
        assertThat(devices.active(USER, LAPTOP, 1_400)).isTrue();
        assertThat(at(1_400)).isEqualTo(ONLINE);
        assertThat(devices.of(USER, 1_400).active()).isEqualTo(1_400);
    }

    @Test
    void aSyncInProgressKeepsADeviceHoweverLongItTakes() {
        devices.begins(USER, LAPTOP, null, 1_000);
        assertThat(at(100_000)).isEqualTo(UNAVAILABLE);
        devices.ends(USER, LAPTOP, 100_000);
        assertThat(at(100_059)).isEqualTo(UNAVAILABLE);
        assertThat(at(100_060)).isEqualTo(OFFLINE);
        assertThat(devices.users()).isEmpty();
    }

    @Test
    void goingOnSyncingIsNoActivityButComingBackIs() {
        devices.begins(USER, LAPTOP, null, 1_000);
        devices.ends(USER, LAPTOP, 1_290);
        devices.begins(USER, LAPTOP, null, 1_295);
        assertThat(at(1_300)).isEqualTo(UNAVAILABLE);
        devices.ends(USER, LAPTOP, 1_300);
        assertThat(at(2_000)).isEqualTo(OFFLINE);
        devices.begins(USER, LAPTOP, null, 2_100);
        assertThat(at(2_100)).isEqualTo(ONLINE);
    }

    @Test
    void setPresenceSaysWhatToTakeTheDeviceFor() {
        devices.begins(USER, LAPTOP, OFFLINE, 1_000);
        assertThat(at(1_000)).isEqualTo(OFFLINE);
        assertThat(devices.active(USER, LAPTOP, 1_001))
                .as("whoever hides goes on hiding")
                .isFalse();
        devices.begins(USER, LAPTOP, UNAVAILABLE, 1_002);
        assertThat(at(1_002)).isEqualTo(UNAVAILABLE);
        devices.begins(USER, LAPTOP, null, 1_003);
        assertThat(at(1_003)).as("whoever is away stays away").isEqualTo(UNAVAILABLE);
        devices.begins(USER, LAPTOP, ONLINE, 1_004);
        assertThat(at(1_004)).isEqualTo(ONLINE);
    }

    @Test
    void ofSeveralDevicesTheBusiestCounts() {
        devices.begins(USER, LAPTOP, UNAVAILABLE, 1_000);
        devices.begins(USER, PHONE, null, 1_000);
        assertThat(at(1_000)).isEqualTo(ONLINE);
        devices.set(USER, PHONE, UNAVAILABLE, 1_010);
        assertThat(at(1_010)).isEqualTo(UNAVAILABLE);
        devices.active(USER, LAPTOP, 1_020);
        assertThat(at(1_020)).isEqualTo(ONLINE);
    }

    @Test
    void aDeviceThatNeverSyncedIsNotMadeOnlineByActivity() {
        assertThat(devices.active(USER, LAPTOP, 1_000)).isFalse();
        assertThat(devices.users()).isEmpty();
    }
}
