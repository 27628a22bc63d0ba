package org.valise.accounts.profiles;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.util.Optional;
import java.util.regex.Pattern;

/// What a profile may hold. Spec: client-server API, PUT /profile/{userId}/{keyName}
final class ProfileRules {
    static final String DISPLAY_NAME = "displayname";
    static final String AVATAR_URL = "avatar_url";

    /// *The total profile MUST be under 64 KiB.*
    static final int TOTAL_BYTES = 64 * 1024;

    /// Quotes, colon and comma of a field.
    static final int PUNCTUATION = 4;

    private static final String TIME_ZONE = "m.tz";
    private static final int KEY_BYTES = 255;
    private static final int DISPLAY_NAME_CHARACTERS = 256;
    private static final int AVATAR_URL_CHARACTERS = 1_000;
    private static final int TIME_ZONE_CHARACTERS = 255;
    // Common Namespaced Identifier Grammar, with the namespace that a custom field must have.
    private static final Pattern CUSTOM_KEY = Pattern.compile("[a-z][a-z0-9_-]*(\\.[a-z0-9_-]+)+");
    private static final Pattern MXC = Pattern.compile("mxc://[^/]+/[A-Za-z0-9_-]+");

    private ProfileRules() {}

    /// *This MUST be either `avatar_url`, `displayname`, `m.tz`, or a custom field following the
    /// Common Namespaced Identifier Grammar.*
    static void checkKey(String key) {
        if (key.length() > KEY_BYTES) {
            throw new MatrixException(
                    ErrorCode.M_KEY_TOO_LARGE,
                    "The name of a profile field has at most " + KEY_BYTES + " bytes");
        }
        if (!key.equals(DISPLAY_NAME)
                && !key.equals(AVATAR_URL)
                && !CUSTOM_KEY.matcher(key).matches()) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM, "Not the name of a profile field: " + key);
        }
    }

    /// What is to be stored under the key; empty if the field is to be removed.
    static Optional<JsonValue> checked(String key, JsonValue value) {
        return switch (key) {
            // NOTSPEC: an empty display name or avatar means none, as clients from before DELETE
            // write it.
            case DISPLAY_NAME -> notEmpty(string(key, value, DISPLAY_NAME_CHARACTERS));
            case AVATAR_URL -> notEmpty(avatar(string(key, value, AVATAR_URL_CHARACTERS)));
            case TIME_ZONE -> Optional.of(new JsonString(string(key, value, TIME_ZONE_CHARACTERS)));
            default -> Optional.of(value);
        };
    }

    /// *For `avatar_url`, the value MUST be an MXC URI string.*
    private static String avatar(String url) {
        if (!url.isEmpty() && !MXC.matcher(url).matches()) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "An avatar is an mxc:// URI");
        }
        return url;
    }

    private static Optional<JsonValue> notEmpty(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(new JsonString(text));
    }

    private static String string(String key, JsonValue value, int longest) {
        if (!(value instanceof JsonString(String text))) {
            throw new MatrixException(ErrorCode.M_BAD_JSON, key + " is not a string");
        }
        if (text.codePointCount(0, text.length()) > longest) {
            throw new MatrixException(
                    ErrorCode.M_PROFILE_TOO_LARGE, key + " has at most " + longest + " characters");
        }
        return text;
    }
}
