package org.valise.protocol.json;

import org.jspecify.annotations.Nullable;

/// The keys that nearly every event has, so that parsing makes no string for them.
final class KnownKeys {
    private static final String[] KEYS = {
        "auth_events",
        "content",
        "depth",
        "hashes",
        "sha256",
        "origin",
        "origin_server_ts",
        "prev_events",
        "room_id",
        "sender",
        "signatures",
        "state_key",
        "type",
        "unsigned",
        "event_id",
        "redacts",
        "age",
        "age_ts",
        "membership",
        "displayname",
        "avatar_url",
        "msgtype",
        "body",
        "formatted_body",
        "format",
        "info",
        "mimetype",
        "size",
        "url",
        "file",
        "algorithm",
        "ciphertext",
        "device_id",
        "sender_key",
        "session_id",
        "m.relates_to",
        "rel_type",
        "m.in_reply_to",
        "m.new_content",
        "m.mentions",
        "user_ids",
        "key",
        "is_falling_back",
        "join_rule",
        "allow",
        "history_visibility",
        "guest_access",
        "name",
        "topic",
        "alias",
        "alt_aliases",
        "creator",
        "room_version",
        "predecessor",
        "users",
        "users_default",
        "events",
        "events_default",
        "state_default",
        "ban",
        "kick",
        "redact",
        "invite",
        "notifications",
        "prev_content",
        "replaces_state",
        "transaction_id",
        "pdus",
        "edus",
        "edu_type",
        "user_id",
        "reason",
        "is_direct",
        "via",
        "w",
        "h",
        "join_authorised_via_users_server",
        "third_party_invite",
        "signed",
        "prev_state"
    };

    private static final int SLOTS = 1024;
    private static final @Nullable String[] TABLE = new @Nullable String[SLOTS];

    static {
        for (String key : KEYS) {
            TABLE[
                            slot(
                                    key.charAt(0),
                                    key.charAt(key.length() / 2),
                                    key.charAt(key.length() - 1),
                                    key.length())] =
                    key;
        }
    }

    private KnownKeys() {}

    private static int slot(int first, int middle, int last, int length) {
        return (first * 31 + middle * 961 + last * 7 + length * 131) & SLOTS - 1;
    }

    /// The known key that these bytes spell, else null. Keys that share a slot displace each other:
    /// only speed depends on it.
    static @Nullable String find(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length == 0) {
            return null;
        }
        String key = TABLE[slot(bytes[start], bytes[start + length / 2], bytes[end - 1], length)];
        if (key == null || key.length() != length) {
            return null;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[start + i] != key.charAt(i)) {
                return null;
            }
        }
        return key;
    }
}
