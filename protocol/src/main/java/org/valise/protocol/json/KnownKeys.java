package org.valise.protocol.json;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/// The keys that most events and requests have, so that parsing makes no string for them.
final class KnownKeys {
    private static final String KEYS =
            """
            auth_events content depth event_id hashes origin origin_server_ts prev_events prev_state redacts room_id sender sha256
            signatures state_key type unsigned age age_ts membership displayname avatar_url prev_content replaces_state transaction_id
            msgtype body formatted_body format info mimetype size url file w h
            algorithm ciphertext device_id sender_key session_id
            m.relates_to rel_type key m.in_reply_to is_falling_back m.new_content m.mentions user_ids
            join_rule allow history_visibility guest_access name topic alias alt_aliases creator room_version predecessor via
            join_authorised_via_users_server third_party_invite signed reason is_direct
            users users_default events events_default state_default ban kick redact invite notifications
            pdus edus edu_type user_id
            """;

    private static final int SLOTS = 1024;
    private static final @Nullable String[] TABLE = new @Nullable String[SLOTS];

    static {
        for (String key : KEYS.split("\\s+")) {
            byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
            TABLE[slot(bytes, 0, bytes.length)] = key;
        }
    }

    private KnownKeys() {}

    private static int slot(byte[] bytes, int start, int end) {
        int length = end - start;
        int mix = bytes[start] * 31 + bytes[start + length / 2] * 961 + bytes[end - 1] * 7;
        return mix + length * 131 & SLOTS - 1;
    }

    /// The known key that these bytes spell, else null. Keys that share a slot displace each other:
    /// only speed depends on it.
    static @Nullable String find(byte[] bytes, int start, int end) {
        if (start == end) {
            return null;
        }
        String key = TABLE[slot(bytes, start, end)];
        if (key == null || key.length() != end - start) {
            return null;
        }
        for (int i = 0; i < key.length(); i++) {
            if (bytes[start + i] != key.charAt(i)) {
                return null;
            }
        }
        return key;
    }
}
