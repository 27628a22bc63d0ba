package org.valise.platform.outbound;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;

/// A request to be made.
///
/// @param pathAndQuery as it is to be sent: percent-encoded
/// @param json the body, null for none
/// @param timeout for everything, from the lookup of the address to the answer's last byte
/// @param mostBytes of the answer's body, decompressed
public record OutboundRequest(
        Target target,
        String method,
        String pathAndQuery,
        Map<String, String> headers,
        byte @Nullable [] json,
        Duration timeout,
        long mostBytes) {}
