package org.valise.protocol.authrules;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Keys;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Makes the events of one room from little: `type`, `state_key`, `sender` (else the creator),
/// `content` (else empty).
///
/// Further keys: `id` and `prev` (names of events; `create` is the create event), `room_id`
/// (`other` for another room), `redacts`, `signed_by` (servers, else the sender's),
/// `third_party_key` (the number of the key to sign `content.third_party_invite.signed` with).
/// Events are taken as stored ones: what the event format refuses, does not matter to the rules.
final class Events {

    static final String CREATOR = "@creator:here.test";

    private static final Set<String> KEYS =
            Set.of(
                    "type",
                    "state_key",
                    "sender",
                    "content",
                    "id",
                    "prev",
                    "room_id",
                    "redacts",
                    "signed_by",
                    "third_party_key");

    private final RoomVersion version;

    Events(RoomVersion version) {
        this.version = version;
    }

    Event create(JsonObject content) {
        return of(
                "create",
                JsonObject.of(
                        "type",
                        "m.room.create",
                        "state_key",
                        "",
                        "content",
                        createContent(content),
                        "prev",
                        JsonArray.of()));
    }

    private JsonObject createContent(JsonObject more) {
        JsonObject.Builder content = JsonObject.builder().put("room_version", version.id());
        if (!version.has(Tweak.CREATOR_IS_SENDER)) {
            content.put("creator", CREATOR);
        }
        return content.putAll(more).build();
    }

    Event member(String user, String membership) {
        return of(
                "member " + user,
                JsonObject.of(
                        "type",
                        "m.room.member",
                        "state_key",
                        user,
                        "sender",
                        user,
                        "content",
                        JsonObject.of("membership", membership)));
    }

    Event state(String type, JsonObject content) {
        return of(type, JsonObject.of("type", type, "state_key", "", "content", content));
    }

    /// @param name names the event where `id` does not
    Event of(String name, JsonObject given) {
        Set<String> unknown = new TreeSet<>(given.keys());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(given + " has unknown keys: " + unknown);
        }
        String sender = given.string("sender").orElse(CREATOR);
        String type = given.string("type").orElseThrow();
        String server = UserId.parse(sender).server().value();
        EventId id = id(given.string("id").orElse(name), server);
        JsonObject.Builder pdu =
                JsonObject.builder()
                        .put("type", type)
                        .put("sender", sender)
                        .put("depth", 7)
                        .put("origin_server_ts", 7)
                        .put("hashes", JsonObject.of("sha256", ""));
        if (!version.has(Tweak.EVENT_ID_IS_HASH)) {
            pdu.put("event_id", id.value());
        }
        pdu.putIfPresent("state_key", given.get("state_key"))
                .putIfPresent("redacts", given.get("redacts"));
        boolean makesRoom =
                type.equals("m.room.create")
                        && given.string("state_key").orElse("-").isEmpty()
                        && version.has(Tweak.ROOM_ID_IS_HASH);
        if (!makesRoom) {
            pdu.put("room_id", roomId(given.string("room_id").orElse("room")));
        }
        pdu.put(
                "prev_events",
                references(given.array("prev").map(JsonArray::strings).orElse(List.of("before"))));
        pdu.put("auth_events", references(List.of()));
        pdu.put("content", content(given));
        JsonObject.Builder signatures = JsonObject.builder();
        for (String signer :
                given.array("signed_by").map(JsonArray::strings).orElse(List.of(server))) {
            signatures.put(signer, JsonObject.of("ed25519:1", Base64s.encode(new byte[64])));
        }
        pdu.put("signatures", signatures.build());
        return Event.ofStored(version, id, CanonicalJson.encodeLoose(pdu.build()));
    }

    private JsonObject content(JsonObject given) {
        JsonObject content = given.object("content").orElse(JsonObject.of());
        if (given.get("type") instanceof JsonString type
                && type.value().equals("m.room.create")
                && !given.has("content")) {
            content = createContent(content);
        }
        if (given.get("third_party_key") instanceof JsonNumber key) {
            JsonObject invite = content.object("third_party_invite").orElseThrow();
            JsonObject signed =
                    JsonSigning.sign(
                            invite.object("signed").orElseThrow(),
                            Keys.of("id.test", (int) key.longValue()));
            return content.with("third_party_invite", invite.with("signed", signed));
        }
        return content;
    }

    private JsonArray references(List<String> names) {
        return JsonArray.of(names.stream().map(name -> reference(id(name))).toList());
    }

    private JsonValue reference(EventId id) {
        JsonString value = new JsonString(id.value());
        return version.has(Tweak.EVENT_ID_IS_HASH)
                ? value
                : JsonArray.of(value, JsonObject.of("sha256", ""));
    }

    private String roomId(String name) {
        if (!version.has(Tweak.ROOM_ID_IS_HASH)) {
            return "!" + name + ":here.test";
        }
        return "!" + id(name.equals("room") ? "create" : name).value().substring(1);
    }

    EventId id(String name) {
        return id(name, "here.test");
    }

    private EventId id(String name, String server) {
        String opaque = name.replaceAll("[^A-Za-z0-9]", "-");
        return EventId.parse(
                version.has(Tweak.EVENT_ID_IS_HASH)
                        ? "$" + (opaque + "A".repeat(43)).substring(0, 43)
                        : "$" + opaque + ":" + server);
    }
}
