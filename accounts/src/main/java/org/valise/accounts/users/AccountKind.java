package org.valise.accounts.users;

/// What an account is from the beginning.
public enum AccountKind {
    USER,
    /// Spec: client-server API, "Guest Access".
    GUEST,
    ADMINISTRATOR
}
