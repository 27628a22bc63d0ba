package org.valise.protocol.event;

import org.valise.protocol.id.EventId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.redaction.Redaction;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Base64s;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The two hashes of an event.
///
/// Spec: Server-Server API, "Calculating the reference hash for an event" and "Calculating the
/// content hash for an event".
public final class EventHashes {
    private EventHashes() {}

    /// The hash of the complete event, which tells whether it was redacted on its way.
    public static byte[] contentHash(RoomVersion version, JsonObject event) {
        // "First, any existing `unsigned`, `signatures`, and `hashes` properties are removed."
        return sha256(encode(version, event.without("unsigned", "signatures", "hashes")));
    }

    /// The hash of what redaction leaves, which identifies the event.
    public static byte[] referenceHash(RoomVersion version, JsonObject event) {
        return sha256(signedBytes(version, event));
    }

    /// What servers sign and what the reference hash covers: the redacted event without
    /// `signatures` and `unsigned`, as Canonical JSON.
    static byte[] signedBytes(RoomVersion version, JsonObject event) {
        return encode(version, Redaction.redact(version, event).without("signatures", "unsigned"));
    }

    /// Whether `hashes.sha256` is the content hash. If not, the event is used in its redacted form.
    public static boolean contentHashMatches(RoomVersion version, JsonObject event) {
        return event.object("hashes")
                .flatMap(hashes -> hashes.string("sha256"))
                .flatMap(Base64s::decode)
                .filter(claimed -> MessageDigest.isEqual(claimed, contentHash(version, event)))
                .isPresent();
    }

    /// The id of an event in room versions where it is the reference hash.
    static EventId idOf(RoomVersion version, JsonObject event) {
        byte[] hash = referenceHash(version, event);
        return version.has(Tweak.URL_SAFE_EVENT_IDS)
                ? EventId.ofHashUrlSafe(hash)
                : EventId.ofHash(hash);
    }

    /// Canonical JSON, strict or lenient as the room version demands.
    static byte[] encode(RoomVersion version, JsonObject object) {
        return version.has(Tweak.STRICT_CANONICAL_JSON)
                ? CanonicalJson.encode(object)
                : CanonicalJson.encodeLoose(object);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new AssertionError(everyPlatformHasIt);
        }
    }
}
