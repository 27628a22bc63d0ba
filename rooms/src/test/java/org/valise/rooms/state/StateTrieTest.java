package org.valise.rooms.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

final class StateTrieTest {
    private final Map<Long, byte[]> blobs = new HashMap<>();
    private final StateNodes nodes =
            (blob, offset) -> StateCodec.node(blob, blobs.get(blob), offset);
    private long nextBlob = 1;

    @Test
    void agreesWithAMapThroughAnySequenceOfChanges() {
        for (long seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int keys = 1 + random.nextInt(400);
            Map<Long, Long> expected = new TreeMap<>();
            StateSnapshot snapshot = StateSnapshot.EMPTY;
            for (int step = 0; step < 600; step++) {
                long key = 2 + random.nextInt(keys);
                long event = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(1_000_000);
                snapshot = snapshot.with(key, event, nodes);
                if (event == 0) {
                    expected.remove(key);
                } else {
                    expected.put(key, event);
                }
                if (random.nextInt(10) == 0) {
                    snapshot = storedAndReadBack(snapshot);
                }
            }
            assertThat(entries(snapshot)).as("seed %d", seed).isEqualTo(expected);
            for (long key = 0; key < keys + 4; key++) {
                assertThat(snapshot.get(key)).isEqualTo(expected.getOrDefault(key, 0L));
            }
        }
    }

    @Test
    void hasTheSameHashAndBytesHoweverItWasBuilt() {
        SplittableRandom random = new SplittableRandom(7);
        for (int size : new int[] {1, 64, 65, 66, 1000}) {
            StateTrie up = StateTrie.EMPTY;
            StateTrie down = StateTrie.EMPTY;
            for (int key = 1; key <= size; key++) {
                up = up.with(key, key * 10L);
            }
            for (int extra = size + 1; extra < size + 100; extra++) {
                down = down.with(extra, random.nextInt(1, 50));
            }
            for (int key = size; key >= 1; key--) {
                down = down.with(key, 3).with(key, key * 10L);
            }
            for (int extra = size + 1; extra < size + 100; extra++) {
                down = down.with(extra, 0);
            }
            assertThat(down).isEqualTo(up);
            assertThat(StateCodec.encode(1, down, StateTrie.EMPTY))
                    .isEqualTo(StateCodec.encode(1, up, StateTrie.EMPTY));
        }
    }

    @Test
    void tellsExactlyWhatDiffers() {
        for (long seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StateSnapshot one = StateSnapshot.EMPTY;
            for (int i = 0; i < random.nextInt(300); i++) {
                one = one.with(2L * random.nextInt(1, 200), 1 + random.nextInt(50), nodes);
            }
            StateSnapshot other = random.nextBoolean() ? storedAndReadBack(one) : one;
            for (int i = 0; i < random.nextInt(200); i++) {
                other = other.with(2L * random.nextInt(1, 250), random.nextInt(50), nodes);
            }
            Map<Long, Long> before = entries(one);
            Map<Long, Long> after = entries(other);
            Map<Long, String> expected = new TreeMap<>();
            for (long key = 0; key < 520; key++) {
                long old = before.getOrDefault(key, 0L);
                long now = after.getOrDefault(key, 0L);
                if (old != now) {
                    expected.put(key, old + "→" + now);
                }
            }
            Map<Long, String> told = new TreeMap<>();
            one.diffOthers(other, (key, old, now) -> told.put(key, old + "→" + now));
            assertThat(told).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void storesAMembershipChangeOfALargeRoomInLessThanAKilobyte() {
        StateSnapshot snapshot = StateSnapshot.EMPTY;
        for (long member = 0; member < 50_000; member++) {
            snapshot = snapshot.with(member * 2 + 1, member + 1, nodes);
        }
        snapshot = storedAndReadBack(snapshot);
        long bytes = 0;
        SplittableRandom random = new SplittableRandom(1);
        for (int change = 0; change < 200; change++) {
            long key = random.nextInt(50_000) * 2L + 1;
            StateSnapshot.Stored stored =
                    snapshot.with(key, 60_000 + change, nodes).stored(nextBlob++);
            blobs.put(stored.snapshot().number(), stored.bytes());
            snapshot = stored.snapshot();
            bytes += stored.bytes().length;
        }
        assertThat(bytes / 200).isLessThan(1000);
    }

    @Test
    void keepsMembersApart() {
        StateSnapshot snapshot = StateSnapshot.EMPTY.with(3, 30, nodes).with(4, 40, nodes);
        assertThat(snapshot.memberEntries()).isEqualTo(1);
        assertThat(snapshot.otherEntries()).isEqualTo(1);
        assertThat(snapshot.get(3)).isEqualTo(30);
        assertThat(snapshot.get(4)).isEqualTo(40);
    }

    private StateSnapshot storedAndReadBack(StateSnapshot snapshot) {
        StateSnapshot.Stored stored = snapshot.stored(nextBlob++);
        blobs.put(stored.snapshot().number(), stored.bytes());
        return StateSnapshot.read(stored.snapshot().number(), stored.bytes(), nodes);
    }

    private static Map<Long, Long> entries(StateSnapshot snapshot) {
        Map<Long, Long> entries = new TreeMap<>();
        snapshot.forEachMember(entries::put);
        snapshot.forEachOther(entries::put);
        return entries;
    }
}
