package org.valise.protocol.id;

import java.util.Locale;
import java.util.regex.Pattern;

/// A glob of server names: `*` matches zero or more characters, `?` exactly one.
///
/// Spec: client-server API, "Server Access Control Lists (ACLs) for rooms": the port of the server
/// name is not looked at, nor is case.
///
/// @param glob in lower case
public record ServerPattern(String glob) {
    /// SECURITY: strangers write patterns; with this bound (and that of server names) a match costs
    /// at most some ten thousand steps.
    public static final int MAX_LENGTH = 255;

    /// Host names and address literals, with `*` and `?`.
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.*?-]+|\\[[0-9A-Fa-f:.*?]+]");

    public ServerPattern {
        if (glob.isEmpty() || glob.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("a pattern has 1 to " + MAX_LENGTH + " characters");
        }
        glob = glob.toLowerCase(Locale.ROOT);
    }

    /// A pattern that somebody writes on purpose.
    ///
    /// @throws IllegalArgumentException for what could never match a server, such as one with a
    ///   port
    public static ServerPattern ofHosts(String text) {
        if (!HOST.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a host name, an address or a pattern such as *.example.org, without a port");
        }
        return new ServerPattern(text);
    }

    public boolean matches(ServerName server) {
        String host = server.host().toLowerCase(Locale.ROOT);
        int inGlob = 0;
        int inHost = 0;
        int star = -1;
        int resume = 0;
        while (inHost < host.length()) {
            char wanted = inGlob < glob.length() ? glob.charAt(inGlob) : '\0';
            if (wanted == '*') {
                star = inGlob++;
                resume = inHost;
            } else if (wanted == '?' || wanted == host.charAt(inHost)) {
                inGlob++;
                inHost++;
            } else if (star >= 0) {
                // The last star takes one character more; an earlier one never has to.
                inGlob = star + 1;
                inHost = ++resume;
            } else {
                return false;
            }
        }
        while (inGlob < glob.length() && glob.charAt(inGlob) == '*') {
            inGlob++;
        }
        return inGlob == glob.length();
    }

    @Override
    public String toString() {
        return glob;
    }
}
