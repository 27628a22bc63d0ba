package org.valise.rooms;

/// About how many bytes of memory each part of the engine may keep. What is beyond that is read
/// again when it is needed, the longest unused first; rooms in which nothing happens cost nothing.
///
/// @param events of events
/// @param states of state blobs
/// @param lanes of what writers keep of their rooms
/// @param views of what readers keep of theirs, apart from events
public record MemoryBudget(long events, long states, long lanes, long views) {
    public static final MemoryBudget DEFAULT =
            new MemoryBudget(64L << 20, 32L << 20, 32L << 20, 48L << 20);
}
