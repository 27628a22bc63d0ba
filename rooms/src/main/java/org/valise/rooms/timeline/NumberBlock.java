package org.valise.rooms.timeline;

import java.util.function.LongSupplier;

/// Numbers from a sequence, fetched a block at a time, so that taking one costs no round trip. What
/// is left of a block is lost with the process.
public final class NumberBlock {
    private final LongSupplier nextBlock;
    private final int size;
    private long next;
    private long end;

    /// @param nextBlock the first number of a further block
    /// @param size the increment of the sequence
    NumberBlock(LongSupplier nextBlock, int size) {
        this.nextBlock = nextBlock;
        this.size = size;
    }

    public synchronized long take() {
        if (next == end) {
            next = nextBlock.getAsLong();
            end = next + size;
        }
        return next++;
    }
}
