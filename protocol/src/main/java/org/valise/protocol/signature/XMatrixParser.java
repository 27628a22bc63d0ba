package org.valise.protocol.signature;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads `X-Matrix name=value,…`, the form of RFC 9110, section 11.4.
///
/// SECURITY: it reads text from strangers: linear in its length, and what has two readings (a
/// parameter given twice) is refused.
final class XMatrixParser {
    private static final String SCHEME = "X-Matrix";
    private static final String TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";

    private final String text;
    private int at;

    private XMatrixParser(String text) {
        this.text = text;
    }

    /// The parameters by their names in lower case; empty when the header is of another scheme or
    /// malformed.
    static Optional<Map<String, String>> parameters(String header) {
        String text = header.strip();
        // "the header begins with authorisation scheme X-Matrix, followed by one or more spaces"
        boolean ours =
                text.length() > SCHEME.length()
                        && text.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                        && text.charAt(SCHEME.length()) == ' ';
        return ours
                ? Optional.ofNullable(new XMatrixParser(text.substring(SCHEME.length() + 1)).list())
                : Optional.empty();
    }

    private @Nullable Map<String, String> list() {
        Map<String, String> found = new HashMap<>();
        while (true) {
            skipBlanksAndCommas();
            if (at == text.length()) {
                return found;
            }
            String name = token(false).toLowerCase(Locale.ROOT);
            skipBlanks();
            if (name.isEmpty() || !take('=')) {
                return null;
            }
            skipBlanks();
            String value = value();
            if (value == null || found.put(name, value) != null) {
                return null;
            }
            // "Zero or more spaces and tabs around each comma are allowed."
            skipBlanks();
            if (at < text.length() && text.charAt(at) != ',') {
                return null;
            }
        }
    }

    private @Nullable String value() {
        if (take('"')) {
            return quoted();
        }
        // "the recipient should allow colons to be included in values without requiring the value
        // to be enclosed in quotes"
        String bare = token(true);
        return bare.isEmpty() ? null : bare;
    }

    /// "a backslash-character pair is replaced by the character that follows the backslash"
    private @Nullable String quoted() {
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            if (c == '\\') {
                if (at == text.length()) {
                    return null;
                }
                c = text.charAt(at++);
            }
            if (c < ' ' && c != '\t' || c == 0x7f) {
                return null;
            }
            value.append(c);
        }
        return null;
    }

    private String token(boolean colons) {
        int start = at;
        while (at < text.length() && isTokenCharacter(text.charAt(at), colons)) {
            at++;
        }
        return text.substring(start, at);
    }

    private static boolean isTokenCharacter(char c, boolean colons) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || TOKEN_SYMBOLS.indexOf(c) >= 0
                || colons && c == ':';
    }

    private boolean take(char wanted) {
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    /// RFC 9110, 5.6.1.2: a recipient accepts empty elements of a list.
    private void skipBlanksAndCommas() {
        while (at < text.length() && (isBlank(text.charAt(at)) || text.charAt(at) == ',')) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
