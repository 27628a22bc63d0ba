package org.valise.federation.keys;

import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Verifier;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a server says of its keys, checked: the object that `GET /_matrix/key/v2/server` gives.
///
/// @param keys those it signs with, and those it signed with before
/// @param validUntil when the list should be refreshed, at most [#LONGEST_TRUST] after it was
///   fetched
/// @param object as it came, with the server's signatures
record KeyStatement(
        ServerName server, Map<KeyId, StatedKey> keys, Instant validUntil, JsonObject object) {
    /// "Servers MUST use the lesser of this field and 7 days into the future when determining if a
    /// key is valid. This is to avoid a situation where an attacker publishes a key which is valid
    /// for a significant amount of time without a way for the homeserver owner to revoke it."
    static final Duration LONGEST_TRUST = Duration.ofDays(7);

    /// SECURITY: a server may have any number of old keys, but nobody has to remember them all.
    private static final int MOST_KEYS = 200;

    /// The largest integer of canonical JSON.
    private static final long LATEST = (1L << 53) - 1;

    /// @param validUntil until when what it signs is valid; of an expired key, when it expired
    record StatedKey(byte[] publicKey, Instant validUntil, boolean expired) {}

    /// Reads and checks what came for `server`.
    ///
    /// Empty when it speaks of another server, is malformed, or bears no signature of one of the
    /// keys that it lists.
    static Optional<KeyStatement> read(
            ServerName server, JsonObject object, Instant fetched, Verifier verifier) {
        Optional<Instant> until = time(object, "valid_until_ts");
        boolean itsOwn = object.string("server_name").filter(server.value()::equals).isPresent();
        if (!itsOwn || until.isEmpty()) {
            return Optional.empty();
        }
        Instant longest = fetched.plus(LONGEST_TRUST);
        Instant validUntil = until.get().isBefore(longest) ? until.get() : longest;
        Map<KeyId, StatedKey> keys = new TreeMap<>();
        members(object, "old_verify_keys")
                .forEach((id, key) ->
                        expired(key, fetched).ifPresent(stated -> put(keys, id, stated)));
        Map<KeyId, StatedKey> current = new TreeMap<>();
        members(object, "verify_keys")
                .forEach((id, key) ->
                        publicKey(key)
                                .ifPresent(bytes ->
                                        put(current, id, new StatedKey(bytes, validUntil, false))));
        keys.putAll(current);
        boolean signed =
                current.entrySet().stream()
                        .anyMatch(key ->
                                JsonSigning.verify(
                                        object,
                                        server.value(),
                                        key.getKey(),
                                        key.getValue().publicKey(),
                                        verifier));
        return signed
                ? Optional.of(new KeyStatement(server, keys, validUntil, object))
                : Optional.empty();
    }

    private static JsonObject members(JsonObject object, String name) {
        return object.object(name)
                .filter(members -> members.size() <= MOST_KEYS)
                .orElse(JsonObject.of());
    }

    private static void put(Map<KeyId, StatedKey> keys, String id, StatedKey key) {
        KeyId.tryParse(id).filter(KeyId::isEd25519).ifPresent(keyId -> keys.put(keyId, key));
    }

    private static Optional<StatedKey> expired(JsonValue key, Instant fetched) {
        return key instanceof JsonObject members
                ? time(members, "expired_ts")
                        .flatMap(at ->
                                publicKey(members)
                                        .map(bytes ->
                                                new StatedKey(
                                                        bytes,
                                                        at.isBefore(fetched) ? at : fetched,
                                                        true)))
                : Optional.empty();
    }

    private static Optional<byte[]> publicKey(JsonValue key) {
        return key instanceof JsonObject members
                ? members.string("key")
                        .flatMap(Base64s::decode)
                        .filter(bytes -> bytes.length == Ed25519.KEY_LENGTH)
                : Optional.empty();
    }

    private static Optional<Instant> time(JsonObject object, String name) {
        return object.integer(name)
                .filter(millis -> millis >= 0 && millis <= LATEST)
                .map(Instant::ofEpochMilli);
    }
}
