package org.valise.platform.config;

/// How much account data one user may keep, with that of all rooms.
public record AccountDataSection(int maxEntries, long maxBytes) {
    static AccountDataSection read(Settings s) {
        return new AccountDataSection(
                s.integer(
                        "max_entries",
                        100_000,
                        100,
                        100_000_000,
                        "Entries of account data that a user may keep, with those of all rooms and"
                                + " those that were deleted."),
                s.size(
                        "max_bytes",
                        64L << 20,
                        1L << 20,
                        1L << 40,
                        "What they may measure together."));
    }
}
