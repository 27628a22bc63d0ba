package org.valise.platform.stream;

/// A change that one user is shown, on all devices.
public interface UserScoped extends Change {
    /// The user's number.
    long user();
}
