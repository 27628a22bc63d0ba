package org.valise.rooms;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Signer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Another server, as this one sees it: its users take part in rooms here, and it asks.
public final class RemoteServer implements Signer {
    private final RoomsServer here;
    private final ServerName name;

    public RemoteServer(RoomsServer here, String name) {
        this.here = here;
        this.name = ServerName.parse(name);
    }

    @Override
    public ServerName server() {
        return name;
    }

    @Override
    public KeyId keyId() {
        return KeyId.parse("ed25519:1");
    }

    @Override
    public byte[] sign(byte[] message) {
        return new byte[64];
    }

    public Answer get(String path) {
        return here.asServer(name.value(), "GET", "/_matrix/federation/v1" + path, null);
    }

    public Answer post(String path, JsonObject body) {
        return here.asServer(
                name.value(), "POST", "/_matrix/federation/v1" + path, body.toString());
    }

    public String user(String localpart) {
        return UserId.of(localpart, name).value();
    }

    /// A user of this server invites one of the other; nobody tells that one.
    public void invite(User inviter, String room, String localpart) {
        Draft invite =
                Draft.state(
                        EventTypes.MEMBER,
                        user(localpart),
                        UserId.parse(inviter.id()),
                        JsonObject.of("membership", "invite"),
                        System.currentTimeMillis());
        here.rooms()
                .lanes()
                .write(
                        here.rooms().rooms().find(RoomId.parse(room)).orElseThrow(),
                        writer -> writer.send(invite));
    }

    public String join(String localpart, String room) {
        return member(localpart, room, "join");
    }

    public String leave(String localpart, String room) {
        return member(localpart, room, "leave");
    }

    private String member(String localpart, String room, String membership) {
        String user = user(localpart);
        return send(
                localpart, room, "m.room.member", user, JsonObject.of("membership", membership));
    }

    /// Sends an event after the newest one, which must be let in.
    public String send(
            String localpart,
            String room,
            String type,
            @Nullable String stateKey,
            JsonObject content) {
        RoomRef ref = here.rooms().rooms().find(RoomId.parse(room)).orElseThrow();
        RoomView view = here.rooms().views().get(ref.number());
        StoredEvent last = view.timeline(0, here.stream().applied(), 1).events().getFirst();
        StateSnapshot state = view.stateAt(here.stream().applied());
        UserId sender = UserId.of(localpart, name);
        List<EventId> auth =
                AuthRules.authEventKeys(ref.version(), type, stateKey, sender, content).stream()
                        .map(key -> in(ref, state, key))
                        .filter(Objects::nonNull)
                        .toList();
        Event event =
                EventBuilder.of(ref.version())
                        .roomId(ref.id())
                        .type(type)
                        .stateKey(stateKey)
                        .sender(sender)
                        .content(content)
                        .prevEvents(List.of(last.id()))
                        .authEvents(auth)
                        .depth(last.event().depth() + 1)
                        .originServerTs(System.currentTimeMillis())
                        .sign(this);
        Admission admitted = here.rooms().admission().receive(ref, event, null, events -> Set.of());
        if (!(admitted instanceof Admission.Accepted)) {
            throw new AssertionError("not let in: " + admitted);
        }
        return event.id().value();
    }

    private @Nullable EventId in(RoomRef room, StateSnapshot state, StateKey key) {
        long event = here.rooms().keys().find(key).map(state::get).orElse(0L);
        return event == 0 ? null : here.rooms().events().get(room.number(), event).id();
    }
}
