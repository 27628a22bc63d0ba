package org.valise.protocol.authrules;

/// The verdict of the authorization rules on one event, with the rule that made it.
public sealed interface AuthResult {

    /// The line of the specification that decided.
    AuthRule rule();

    /// The event may be.
    record Allowed(AuthRule rule) implements AuthResult {}

    /// The event may not be; `detail` says to a developer or operator what was found.
    record Rejected(AuthRule rule, String detail) implements AuthResult {}

    default boolean isAllowed() {
        return this instanceof Allowed;
    }
}
