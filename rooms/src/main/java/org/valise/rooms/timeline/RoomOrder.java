package org.valise.rooms.timeline;

/// Where an event stands in its room. An event whose ancestors are missing begins a segment, and
/// the gap before it is rows in `rooms.gap`. What is backfilled is inserted in its place: before
/// the segment's first event, by indexes that go down from there. `depth` orders nothing: it is the
/// sender's word.
public record RoomOrder(int segment, long index) implements Comparable<RoomOrder> {
    public static final RoomOrder FIRST = new RoomOrder(Integer.MIN_VALUE, Long.MIN_VALUE);
    public static final RoomOrder LAST = new RoomOrder(Integer.MAX_VALUE, Long.MAX_VALUE);

    /// Whether events were missing before this one when it came.
    public boolean followsGap() {
        return segment > 0 && index == 0;
    }

    @Override
    public int compareTo(RoomOrder other) {
        int bySegment = Integer.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Long.compare(index, other.index);
    }
}
