package org.valise.protocol.id;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.OptionalInt;

/// The name of a homeserver: a DNS name, an IPv4 address or an IPv6 address in brackets, with an
/// optional port. Case matters.
///
/// Spec: Appendices, "Server Name".
public record ServerName(String value) implements Comparable<ServerName> {
    public ServerName {
        Grammar.require("server name", fault(value));
    }

    public static ServerName parse(String value) {
        return new ServerName(value);
    }

    public static Optional<ServerName> tryParse(String value) {
        return Grammar.attempt(value, fault(value), ServerName::new);
    }

    /// The host: of an IPv6 literal with its brackets.
    public String host() {
        int colon = portColon(value, 0);
        return colon < 0 ? value : value.substring(0, colon);
    }

    /// The explicit port. The grammar allows up to 99999: whoever connects must refuse what no
    /// socket can have.
    public OptionalInt port() {
        int colon = portColon(value, 0);
        return colon < 0
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(value.substring(colon + 1)));
    }

    /// Whether the host is an IP address and not a name.
    public boolean isIpLiteral() {
        return value.charAt(0) == '[' || IpLiterals.isIpv4(host());
    }

    private static @Nullable String fault(String value) {
        return isValid(value, 0) ? null : "see the specification's grammar";
    }

    /// Whether the part of `text` from `start` is a server name.
    static boolean isValid(String text, int start) {
        int colon = portColon(text, start);
        int hostEnd = colon < 0 ? text.length() : colon;
        if (colon >= 0 && !isPort(text, colon + 1)) {
            return false;
        }
        if (start < hostEnd && text.charAt(start) == '[') {
            return text.charAt(hostEnd - 1) == ']'
                    && IpLiterals.isIpv6(text.substring(start + 1, hostEnd - 1));
        }
        // An IPv4 literal follows the grammar of DNS names too.
        return isDnsName(text, start, hostEnd);
    }

    private static boolean isDnsName(String text, int start, int end) {
        if (end == start || end - start > 255) {
            return false;
        }
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!(Grammar.isAlphanumeric(c) || c == '-' || c == '.')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPort(String text, int start) {
        int digits = text.length() - start;
        if (digits < 1 || digits > 5) {
            return false;
        }
        for (int i = start; i < text.length(); i++) {
            if (!Grammar.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /// Where the colon before the port stands; -1 without a port.
    private static int portColon(String text, int start) {
        int colon = text.lastIndexOf(':');
        return colon < start || colon < text.lastIndexOf(']') ? -1 : colon;
    }

    @Override
    public int compareTo(ServerName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
