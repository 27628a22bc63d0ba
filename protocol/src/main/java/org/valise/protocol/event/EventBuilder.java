package org.valise.protocol.event;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Signer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Assembles an event of our own and signs it.
///
/// Spec: Server-Server API, "Adding hashes and signatures to outgoing events".
public final class EventBuilder {
    private final RoomVersion version;
    private final JsonObject.Builder event = JsonObject.builder();
    private final Map<EventId, byte[]> referenceHashes = new HashMap<>();
    private List<EventId> prevEvents = List.of();
    private List<EventId> authEvents = List.of();
    private JsonObject content = JsonObject.of();
    private @Nullable EventId redacts;

    private EventBuilder(RoomVersion version) {
        this.version = version;
    }

    public static EventBuilder of(RoomVersion version) {
        return new EventBuilder(version);
    }

    /// The room; left out for the create event of room versions whose room id is its hash.
    public EventBuilder roomId(RoomId room) {
        event.put("room_id", room.value());
        return this;
    }

    /// The id of an event of room versions 1 and 2, which its server makes up.
    public EventBuilder eventId(EventId id) {
        event.put("event_id", id.value());
        return this;
    }

    public EventBuilder type(String type) {
        event.put("type", type);
        return this;
    }

    public EventBuilder stateKey(@Nullable String stateKey) {
        event.putIfPresent("state_key", stateKey);
        return this;
    }

    public EventBuilder key(StateKey key) {
        return type(key.type()).stateKey(key.key());
    }

    public EventBuilder sender(UserId sender) {
        event.put("sender", sender.value());
        return this;
    }

    public EventBuilder content(JsonObject content) {
        this.content = content;
        return this;
    }

    /// The event that a redaction is about: placed at the top level or in the content, as the room
    /// version wants it.
    public EventBuilder redacts(@Nullable EventId redacts) {
        this.redacts = redacts;
        return this;
    }

    public EventBuilder prevEvents(List<EventId> prevEvents) {
        this.prevEvents = prevEvents;
        return this;
    }

    public EventBuilder authEvents(List<EventId> authEvents) {
        this.authEvents = authEvents;
        return this;
    }

    /// The reference hash of an event in `prev_events` or `auth_events`, which room versions 1 and
    /// 2 write beside its id.
    public EventBuilder referenceHash(EventId id, byte[] sha256) {
        referenceHashes.put(id, sha256);
        return this;
    }

    public EventBuilder depth(long depth) {
        event.put("depth", depth);
        return this;
    }

    public EventBuilder originServerTs(long milliseconds) {
        event.put("origin_server_ts", milliseconds);
        return this;
    }

    /// The event without hashes and signatures: what `make_join` and its like answer.
    public JsonObject template() {
        JsonObject.Builder template = JsonObject.builder();
        boolean inContent = version.has(Tweak.REDACTS_IN_CONTENT);
        template.put("auth_events", references(authEvents));
        template.put(
                "content",
                redacts != null && inContent ? content.with("redacts", redacts.value()) : content);
        template.put("prev_events", references(prevEvents));
        if (redacts != null && !inContent) {
            template.put("redacts", redacts.value());
        }
        return template.putAll(event.build()).build();
    }

    private JsonArray references(List<EventId> ids) {
        if (version.has(Tweak.EVENT_ID_IS_HASH)) {
            return JsonArray.of(ids.stream().map(EventId::value).toList());
        }
        return JsonArray.of(
                ids.stream()
                        .map(id -> {
                            byte[] hash = referenceHashes.get(id);
                            JsonObject hashes =
                                    hash == null
                                            ? JsonObject.of()
                                            : JsonObject.of("sha256", Base64s.encode(hash));
                            return JsonArray.of(id.value(), hashes);
                        })
                        .toList());
    }

    /// The event, hashed and signed.
    ///
    /// @throws InvalidEvent when it breaks the format of the room version, its size included
    public Event sign(Signer signer) {
        return sign(version, template(), signer);
    }

    /// Hashes and signs a template, such as another server's answer to `make_join` once it has been
    /// checked.
    ///
    /// @throws InvalidEvent when it breaks the format of the room version, its size included
    public static Event sign(RoomVersion version, JsonObject template, Signer signer) {
        try {
            JsonObject bare = template.without("hashes", "signatures", "unsigned");
            String hash = Base64s.encode(EventHashes.contentHash(version, bare));
            JsonObject hashed = bare.with("hashes", JsonObject.of("sha256", hash));
            byte[] signature = signer.sign(EventHashes.signedBytes(version, hashed));
            return Event.parse(
                    version,
                    JsonSigning.withSignature(
                            hashed, signer.server().value(), signer.keyId(), signature));
        } catch (JsonException notCanonical) {
            throw new InvalidEvent("not Canonical JSON: " + notCanonical.getMessage());
        }
    }
}
