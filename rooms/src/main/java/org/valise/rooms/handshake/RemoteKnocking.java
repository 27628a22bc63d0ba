package org.valise.rooms.handshake;

import org.valise.protocol.event.Event;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.admission.EventSignatureCheck;
import org.valise.rooms.outside.OutsideMemberships;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Knocks at rooms that this server is not in.
///
/// Spec: server-server API, "Knocking upon a room".
final class RemoteKnocking {
    /// SECURITY: each costs a signature check.
    private static final int MOST_EVENTS = 50;

    private final HandshakeClient client;
    private final ServerQueue queue;
    private final EventSignatureCheck signatures;
    private final OutsideMemberships outside;
    private final Clock clock;

    RemoteKnocking(
            HandshakeClient client,
            ServerQueue queue,
            EventSignatureCheck signatures,
            OutsideMemberships outside,
            Clock clock) {
        this.client = client;
        this.queue = queue;
        this.signatures = signatures;
        this.outside = outside;
        this.clock = clock;
    }

    void knock(UserId user, RoomId room, List<ServerName> through, JsonObject content) {
        queue.ask(user, room, through, server -> knockThrough(server, user, room, content));
    }

    private void knockThrough(ServerName server, UserId user, RoomId room, JsonObject content)
            throws HandshakeFailure {
        HandshakeClient.Template template = client.make(Handshake.KNOCK, server, room, user);
        Event knock = client.signed(Handshake.KNOCK, template, room, user, content, clock.millis());
        JsonObject answer = client.hand(Handshake.KNOCK, server, knock);
        outside.set(knock, believable(answer, room, template.version()), server);
    }

    /// "Entries which are improperly signed or formatted SHOULD be removed by the server prior to
    /// supplying them over the Client-Server API."
    private List<JsonObject> believable(JsonObject answer, RoomId room, RoomVersion version) {
        List<Event> events = new ArrayList<>();
        for (JsonObject told : answer.array("knock_room_state").orElse(JsonArray.of()).objects()) {
            if (events.size() == MOST_EVENTS) {
                break;
            }
            try {
                Event event = Event.parse(version, told);
                if (event.isState() && event.roomId().equals(room)) {
                    events.add(event.contentHashMatches() ? event : event.redacted());
                }
            } catch (InvalidEvent removed) {
                continue;
            }
        }
        Set<EventId> unsigned = signatures.unsigned(events);
        return events.stream()
                .filter(event -> !unsigned.contains(event.id()))
                .map(Event::json)
                .toList();
    }
}
