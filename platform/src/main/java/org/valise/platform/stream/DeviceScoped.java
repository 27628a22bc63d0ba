package org.valise.platform.stream;

/// A change that one device of a user is shown, and no other.
public interface DeviceScoped extends Change {
    /// The user's number.
    long user();

    /// The number of the device's session.
    long device();
}
