package org.valise.protocol.event;

import org.valise.protocol.id.EventId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonMembers;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.redaction.Redaction;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Base64s;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/// The two hashes of an event.
///
/// Spec: Server-Server API, "Calculating the reference hash for an event" and "Calculating the
/// content hash for an event".
public final class EventHashes {
    /// "First, any existing `unsigned`, `signatures`, and `hashes` properties are removed."
    private static final Set<String> NOT_HASHED = Set.of("unsigned", "signatures", "hashes");

    private static final byte[] NOTHING = {};

    private EventHashes() {}

    /// The hash of the complete event, which tells whether it was redacted on its way.
    public static byte[] contentHash(RoomVersion version, JsonObject event) {
        return sha256(encode(version, event.keep(key -> !NOT_HASHED.contains(key))));
    }

    /// What servers sign and what the reference hash covers: the redacted event without
    /// `signatures` and `unsigned`, as Canonical JSON.
    static byte[] signedBytes(RoomVersion version, JsonObject event) {
        return encode(version, Redaction.redact(version, event).without("signatures", "unsigned"));
    }

    /// The same of an event that is Canonical JSON already: what stays is copied.
    ///
    /// @param content what the event's content says
    static byte[] signedBytes(RoomVersion version, byte[] event, String type, JsonObject content) {
        return JsonMembers.keep(
                event,
                key -> Redaction.keeps(version, key) && !key.equals("signatures"),
                "content",
                encode(version, Redaction.content(version, type, content)));
    }

    /// Whether `hashes.sha256` is the content hash. If not, the event is used in its redacted form.
    ///
    /// @param event as Canonical JSON
    static boolean contentHashMatches(byte[] event) {
        return JsonMembers.select(event, Set.of("hashes"))
                .object("hashes")
                .flatMap(hashes -> hashes.string("sha256"))
                .flatMap(Base64s::decode)
                .filter(claimed -> MessageDigest.isEqual(claimed, contentHash(event)))
                .isPresent();
    }

    private static byte[] contentHash(byte[] event) {
        return sha256(JsonMembers.keep(event, key -> !NOT_HASHED.contains(key), null, NOTHING));
    }

    /// The id of an event in room versions where it is the reference hash.
    ///
    /// @param signed what [#signedBytes] gives
    static EventId idOf(RoomVersion version, byte[] signed) {
        byte[] hash = sha256(signed);
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

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new AssertionError(everyPlatformHasIt);
        }
    }
}
