package org.valise.rooms.timeline;

/// Where an event stands in its room. What is backfilled is inserted in its place: segments are
/// open at both ends, and a gap is a row between two of them. `depth` orders nothing: it is the
/// sender's word.
public record RoomOrder(int segment, long index) implements Comparable<RoomOrder> {
    public static final RoomOrder FIRST = new RoomOrder(Integer.MIN_VALUE, Long.MIN_VALUE);
    public static final RoomOrder LAST = new RoomOrder(Integer.MAX_VALUE, Long.MAX_VALUE);

    @Override
    public int compareTo(RoomOrder other) {
        int bySegment = Integer.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Long.compare(index, other.index);
    }
}
