package org.valise.rooms;

/// About how many bytes of memory each part of the engine may keep. What is beyond that is read
/// again when it is needed, the longest unused first; rooms in which nothing happens cost nothing.
///
/// @param events of events
/// @param states of state blobs
/// @param lanes of what writers keep of their rooms
/// @param views of what readers keep of theirs, apart from events
public record MemoryBudget(long events, long states, long lanes, long views) {
    /// A third of the heap in all: of 768 MiB, 128 for views, 64 for events.
    public static final MemoryBudget DEFAULT = of(Runtime.getRuntime().maxMemory());

    private static MemoryBudget of(long heap) {
        return new MemoryBudget(heap / 12, heap / 24, heap / 24, heap / 6);
    }
}
