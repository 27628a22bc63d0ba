package org.valise.protocol.id;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// A device of a user: an opaque string that a client may choose, here of 1 to 255 bytes.
public record DeviceId(String value) implements Comparable<DeviceId> {
    public DeviceId {
        Grammar.require("device id", fault(value));
    }

    private static @Nullable String fault(String value) {
        return value.isEmpty() ? "empty" : Grammar.text(value, Grammar.MAX_BYTES);
    }

    public static DeviceId parse(String value) {
        return new DeviceId(value);
    }

    public static Optional<DeviceId> tryParse(String value) {
        return Grammar.attempt(value, fault(value), DeviceId::new);
    }

    @Override
    public int compareTo(DeviceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
