package org.valise.rooms.receipts;

import java.util.Optional;

/// What a receipt says. `m.fully_read` is none: it is account data.
public enum ReceiptType {
    READ("m.read"),
    READ_PRIVATE("m.read.private");

    private final String word;

    ReceiptType(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    public static Optional<ReceiptType> of(String word) {
        for (ReceiptType type : values()) {
            if (type.word.equals(word)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
