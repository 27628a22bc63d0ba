package org.valise.platform.stream;

/// The newest value of a key of the small order.
///
/// @param kind whose it is: `typing`, `presence`, …
public record EphemeralEntry(String kind, String key, String value, long position) {}
