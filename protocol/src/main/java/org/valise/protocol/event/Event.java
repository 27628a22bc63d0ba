package org.valise.protocol.event;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonMembers;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.redaction.Redaction;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Signer;

import java.util.List;

/// An event of a room (a PDU), immutable: the bytes that are stored and sent, and on demand what
/// they say.
///
/// An event is made from a stranger's JSON with [#parse], which checks its format (not its hashes
/// and signatures: see [#contentHashMatches()] and [EventSignatures]), or from the database with
/// [#ofStored], which costs nothing until something is asked of it.
///
/// What is read from the bytes is kept in plain fields: threads may race to fill them and find
/// equal, immutable values.
public final class Event {
    /// "The complete event MUST NOT be larger than 65536 bytes […], including any signatures, and
    /// encoded as Canonical JSON."
    public static final int MAX_BYTES = 65_536;

    private final RoomVersion version;
    private final EventId id;
    private final byte[] bytes;
    private @Nullable EventFields fields;
    private @Nullable JsonObject content;

    private Event(RoomVersion version, EventId id, byte[] bytes) {
        this.version = version;
        this.id = id;
        this.bytes = bytes;
    }

    /// The event that this JSON is in a room of that version. `unsigned`, which anyone on the way
    /// may have changed, is dropped.
    ///
    /// @throws InvalidEvent when it breaks the format of the room version
    public static Event parse(RoomVersion version, JsonObject pdu) {
        JsonObject event = pdu.without("unsigned");
        EventFields fields = EventFields.of(version, event);
        for (String key : List.of("content", "hashes", "signatures")) {
            if (event.object(key).isEmpty()) {
                throw new InvalidEvent(key + " is not an object");
            }
        }
        Event parsed;
        try {
            byte[] bytes = EventHashes.encode(version, event);
            if (bytes.length > MAX_BYTES) {
                throw new InvalidEvent("larger than " + MAX_BYTES + " bytes", true);
            }
            EventId own = fields.eventId();
            JsonObject content = event.object("content").orElseThrow();
            EventId id =
                    own != null
                            ? own
                            : EventHashes.idOf(
                                    version,
                                    EventHashes.signedBytes(
                                            version, bytes, fields.type(), content));
            parsed = new Event(version, id, bytes);
            parsed.content = content;
        } catch (JsonException notCanonical) {
            throw new InvalidEvent("not Canonical JSON: " + notCanonical.getMessage());
        }
        parsed.fields = fields;
        return parsed;
    }

    /// The event that was stored as `bytes`, which are trusted to be what [#bytes()] gave. The
    /// array is taken over.
    public static Event ofStored(RoomVersion version, EventId id, byte[] bytes) {
        return new Event(version, id, bytes);
    }

    public RoomVersion version() {
        return version;
    }

    public EventId id() {
        return id;
    }

    public RoomId roomId() {
        RoomId room = fields().roomId();
        // v12: "The room ID is the event ID of the event with sigil `!` instead of `$`."
        return room != null ? room : RoomId.ofCreateEvent(id);
    }

    public String type() {
        return fields().type();
    }

    public @Nullable String stateKey() {
        return fields().stateKey();
    }

    public boolean isState() {
        return fields().stateKey() != null;
    }

    /// What this state event is the value of.
    ///
    /// @throws IllegalStateException when it is not a state event
    public StateKey key() {
        EventFields known = fields();
        String stateKey = known.stateKey();
        if (stateKey == null) {
            throw new IllegalStateException(id + " is not a state event");
        }
        return new StateKey(known.type(), stateKey);
    }

    /// Whether this is the state event of that type and state key.
    public boolean isState(String type, String stateKey) {
        EventFields known = fields();
        return type.equals(known.type()) && stateKey.equals(known.stateKey());
    }

    public UserId sender() {
        return fields().sender();
    }

    public List<EventId> prevEvents() {
        return fields().prevEvents();
    }

    public List<EventId> authEvents() {
        return fields().authEvents();
    }

    public long depth() {
        return fields().depth();
    }

    public long originServerTs() {
        return fields().originServerTs();
    }

    /// The event that this redaction is about; null for other types, and when it names none.
    public @Nullable EventId redacts() {
        EventFields known = fields();
        return EventTypes.REDACTION.equals(known.type()) && version.has(Tweak.REDACTS_IN_CONTENT)
                ? content().string("redacts").flatMap(EventId::tryParse).orElse(null)
                : known.redacts();
    }

    public JsonObject content() {
        JsonObject known = content;
        if (known == null) {
            int[] span = contentSpan();
            known = Json.parseObject(bytes, span[0], span[1]);
            content = known;
        }
        return known;
    }

    /// Where the content stands in [#bytes()]: the index of its first byte and the one after its
    /// last.
    public int[] contentSpan() {
        JsonMembers members = new JsonMembers(bytes);
        while (members.next()) {
            if (members.key().equals("content")) {
                members.skip();
                return new int[] {members.start(), members.end()};
            }
            members.skip();
        }
        throw new IllegalStateException(id + " has no content");
    }

    /// The PDU, without `unsigned`. Parsed anew at each call: what is asked for often has an
    /// accessor of its own.
    public JsonObject json() {
        return Json.parseObject(bytes);
    }

    /// The Canonical JSON of the PDU without `unsigned`, as it is stored and sent. Not a copy: not
    /// to be changed.
    public byte[] bytes() {
        return bytes;
    }

    /// The event as redaction leaves it; its id is the same.
    public Event redacted() {
        return new Event(
                version, id, EventHashes.encode(version, Redaction.redact(version, json())));
    }

    /// Whether `hashes` fits the event. If not, it was redacted on its way, and [#redacted()] is to
    /// be used in its place.
    public boolean contentHashMatches() {
        return EventHashes.contentHashMatches(bytes);
    }

    /// The SHA-256 of what redaction leaves.
    public byte[] referenceHash() {
        return EventHashes.sha256(signedBytes());
    }

    /// What servers sign of it.
    byte[] signedBytes() {
        return EventHashes.signedBytes(version, bytes, type(), content());
    }

    /// This event with a further server's signature: on invites, restricted joins, and what a
    /// policy server approved.
    ///
    /// @throws InvalidEvent when that makes it too large
    public Event signedAlsoBy(Signer signer) {
        byte[] signature = signer.sign(signedBytes());
        return parse(
                version,
                JsonSigning.withSignature(
                        json(), signer.server().value(), signer.keyId(), signature));
    }

    private EventFields fields() {
        EventFields known = fields;
        if (known == null) {
            known = EventFields.of(version, JsonMembers.select(bytes, EventFields.KEYS));
            fields = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return id + " (room version " + version + ")";
    }
}
