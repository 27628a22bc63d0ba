package org.valise.federation.peers;

import org.valise.protocol.id.ServerPattern;

import java.util.regex.Pattern;

/// Reads the patterns that administrators write.
final class PeerPatterns {
    /// Host names and address literals, with `*` and `?`.
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.*?-]+|\\[[0-9A-Fa-f:.*?]+]");

    private PeerPatterns() {}

    /// @throws IllegalArgumentException for what could never match a server, such as one with a
    ///   port
    static ServerPattern parse(String text) {
        if (!HOST.matcher(text).matches()) {
            throw new IllegalArgumentException("no host name, address or pattern, without a port");
        }
        return new ServerPattern(text);
    }
}
