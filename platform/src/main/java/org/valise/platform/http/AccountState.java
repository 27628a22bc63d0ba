package org.valise.platform.http;

/// The standing an account is in.
public enum AccountState {
    ACTIVE,
    SUSPENDED,
    LOCKED
}
