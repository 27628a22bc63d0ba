package org.valise.accounts.accountdata;

/// How much account data a user may keep, with that of all rooms.
///
/// @param entries pairs of room and type
/// @param bytes of all contents as JSON
public record AccountDataLimits(int entries, long bytes) {
    public static final AccountDataLimits DEFAULT = new AccountDataLimits(100_000, 64L << 20);
}
