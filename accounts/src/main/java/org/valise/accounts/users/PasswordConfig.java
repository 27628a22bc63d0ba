package org.valise.accounts.users;

/// How passwords are kept.
///
/// @param concurrentHashes how many are hashed at once
public record PasswordConfig(PasswordCost cost, int concurrentHashes, PasswordRules rules) {
    private static final int SHORTEST = 8;

    /// The usual cost, as many at once as there are processors.
    public static PasswordConfig defaults() {
        return new PasswordConfig(
                PasswordCost.DEFAULT,
                Math.max(1, Runtime.getRuntime().availableProcessors()),
                new PasswordRules(SHORTEST));
    }

    /// The same at another cost.
    public PasswordConfig withCost(PasswordCost other) {
        return new PasswordConfig(other, concurrentHashes, rules);
    }
}
