package org.valise.protocol.id;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.Unicode;

import java.util.Optional;
import java.util.function.Function;

/// What the identifiers have in common: `&localpart:domain`, at most 255 bytes.
///
/// The checks return the reason for a refusal, or null.
final class Grammar {
    /// "The length of a user ID, including the @ sigil and the domain, MUST NOT exceed 255 bytes":
    /// and so for rooms, aliases and events.
    static final int MAX_BYTES = 255;

    private Grammar() {}

    static void require(String kind, @Nullable String fault) {
        if (fault != null) {
            throw new IllegalIdentifier(kind, fault);
        }
    }

    static <T> Optional<T> attempt(
            String value, @Nullable String fault, Function<String, T> constructor) {
        return fault == null ? Optional.of(constructor.apply(value)) : Optional.empty();
    }

    /// The rules of `&localpart:domain`, where the localpart is of any code points but `:` and NUL
    /// and may be empty (historical identifiers).
    static @Nullable String localpartAndDomain(String value, char sigil) {
        String fault = opaque(value, sigil);
        if (fault != null) {
            return fault;
        }
        int colon = value.indexOf(':');
        if (colon < 0) {
            return "no domain";
        }
        return ServerName.isValid(value, colon + 1) ? null : "its domain is not a server name";
    }

    /// The rules of `&string`: its sigil, its length, Unicode text without NUL.
    static @Nullable String opaque(String value, char sigil) {
        if (value.isEmpty() || value.charAt(0) != sigil) {
            return "it does not begin with '" + sigil + "'";
        }
        return text(value, MAX_BYTES);
    }

    static @Nullable String text(String value, int maxBytes) {
        boolean ascii = true;
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (unit == 0) {
                return "it contains NUL";
            }
            ascii &= unit < 0x80;
        }
        if (ascii) {
            return value.length() <= maxBytes ? null : "longer than " + maxBytes + " bytes";
        }
        if (!Unicode.isWellFormed(value)) {
            return "not Unicode text";
        }
        return Unicode.utf8Length(value) <= maxBytes ? null : "longer than " + maxBytes + " bytes";
    }

    /// Whether the 43 characters from index 1 can be unpadded URL-safe Base64 of 32 bytes.
    static boolean isUrlSafeHash(String value) {
        if (value.length() != 44) {
            return false;
        }
        for (int i = 1; i < 44; i++) {
            char c = value.charAt(i);
            if (!(isAlphanumeric(c) || c == '-' || c == '_')) {
                return false;
            }
        }
        return true;
    }

    static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c);
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
