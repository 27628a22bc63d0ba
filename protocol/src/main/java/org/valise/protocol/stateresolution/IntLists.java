package org.valise.protocol.stateresolution;

import java.util.Arrays;
import java.util.function.IntConsumer;

/// Many short lists of numbers in three arrays.
final class IntLists {
    private static final int END = -1;

    private final int[] heads;
    private int[] values = new int[16];
    private int[] next = new int[16];
    private int size;

    IntLists(int lists) {
        heads = new int[lists];
        Arrays.fill(heads, END);
    }

    void add(int list, int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
            next = Arrays.copyOf(next, size * 2);
        }
        values[size] = value;
        next[size] = heads[list];
        heads[list] = size++;
    }

    void forEach(int list, IntConsumer each) {
        for (int at = heads[list]; at != END; at = next[at]) {
            each.accept(values[at]);
        }
    }
}
