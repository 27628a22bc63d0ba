package org.valise.devices.keys;

/// A one-time or fallback key as a device uploaded it.
///
/// @param json the key: an object or a string, as canonical JSON
public record OneTimeKey(String algorithm, String keyId, byte[] json) {
    String name() {
        return algorithm + ":" + keyId;
    }
}
