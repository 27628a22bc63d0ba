package org.valise.accounts.users;

/// What one hash costs (RFC 9106): memory in KiB, passes over it, lanes.
public record PasswordCost(int memoryKib, int iterations, int parallelism) {
    /// 19 MiB, two passes: about 60 ms on the machines measured (reference/libraries.md §6).
    public static final PasswordCost DEFAULT = new PasswordCost(19 * 1024, 2, 1);
}
