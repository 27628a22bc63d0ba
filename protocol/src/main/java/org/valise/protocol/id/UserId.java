package org.valise.protocol.id;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// A user of some homeserver, `@localpart:server`. Historical localparts are accepted: any code
/// points but `:` and NUL, even none at all.
///
/// Spec: Appendices, "User Identifiers" and "Historical User IDs".
public record UserId(String value) implements Comparable<UserId> {
    public UserId {
        Grammar.require("user id", fault(value));
    }

    private static @Nullable String fault(String value) {
        return Grammar.localpartAndDomain(value, '@');
    }

    public static UserId parse(String value) {
        return new UserId(value);
    }

    public static Optional<UserId> tryParse(String value) {
        return Grammar.attempt(value, fault(value), UserId::new);
    }

    public static UserId of(String localpart, ServerName server) {
        return new UserId("@" + localpart + ":" + server);
    }

    public String localpart() {
        return value.substring(1, value.indexOf(':'));
    }

    public ServerName server() {
        return new ServerName(value.substring(value.indexOf(':') + 1));
    }

    /// Whether the user is of this server, without making a [ServerName].
    public boolean isOn(ServerName server) {
        return value.length() - value.indexOf(':') - 1 == server.value().length()
                && value.endsWith(server.value());
    }

    /// Whether a localpart follows the grammar for new users: `a-z`, `0-9`, `.`, `_`, `=`, `-`,
    /// `/`, `+`, and at least one of them.
    public static boolean isStrictLocalpart(String localpart) {
        for (int i = 0; i < localpart.length(); i++) {
            char c = localpart.charAt(i);
            if (!(c >= 'a' && c <= 'z' || Grammar.isDigit(c) || "._=-/+".indexOf(c) >= 0)) {
                return false;
            }
        }
        return !localpart.isEmpty();
    }

    /// Whether the localpart is of U+0021 to U+007E and not empty. Others are accepted in events
    /// but should not be passed on to clients outside of them.
    public boolean isCompliant() {
        int colon = value.indexOf(':');
        for (int i = 1; i < colon; i++) {
            if (value.charAt(i) < 0x21 || value.charAt(i) > 0x7E) {
                return false;
            }
        }
        return colon > 1;
    }

    @Override
    public int compareTo(UserId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
