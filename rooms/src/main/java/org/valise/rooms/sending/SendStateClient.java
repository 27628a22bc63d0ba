package org.valise.rooms.sending;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.invites.InviteGuard;
import org.valise.rooms.invites.RemoteInvites;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.reading.StateEvents;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Optional;

/// Sets a piece of state. Spec: client-server API, `PUT …/state/{eventType}/{stateKey}`.
public final class SendStateClient implements Endpoint {
    private final EventSender sender;
    private final StateContentRules rules;
    private final InviteGuard inviteGuard;
    private final RemoteInvites remoteInvites;
    private final RoomAccess access;
    private final StateEvents state;

    public SendStateClient(
            EventSender sender,
            StateContentRules rules,
            InviteGuard inviteGuard,
            RemoteInvites remoteInvites,
            RoomAccess access,
            StateEvents state) {
        this.sender = sender;
        this.rules = rules;
        this.inviteGuard = inviteGuard;
        this.remoteInvites = remoteInvites;
        this.access = access;
        this.state = state;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}")
                .spec("setRoomStateWithKey")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.SEND_EVENT)
                .guests()
                .alsoAt(
                        "/_matrix/client/v3/rooms/{roomId}/state/{eventType}",
                        "/_matrix/client/v3/rooms/{roomId}/state/{eventType}/")
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = call.path("roomId", RoomId::parse);
        String type = call.path("eventType");
        JsonObject content = content(type, call.jsonBody());
        rules.check(room, type, content);
        Draft draft =
                Draft.state(
                        type, call.path("stateKey"), call.caller().user(), content, call.arrival());
        EventId id =
                present(call, room, draft)
                        .or(() -> invited(room, draft))
                        .orElseGet(() ->
                                sender.sendState(
                                        room, draft, writer -> checkInvitation(writer, draft)));
        return Reply.json(JsonObject.of("event_id", id.value()));
    }

    /// Who authorized a join is said by servers alone: a client that changes its name in a room
    /// writes back what it read.
    private static JsonObject content(String type, JsonObject body) {
        return type.equals(EventTypes.MEMBER)
                ? body.without("join_authorised_via_users_server")
                : body;
    }

    /// Whoever belongs to another server is invited through it.
    private Optional<EventId> invited(RoomId room, Draft draft) {
        return invitee(draft)
                .filter(remoteInvites::concern)
                .flatMap(user ->
                        remoteInvites.invite(
                                sender.room(room, draft),
                                writer -> draft,
                                writer -> inviteGuard.check(user, writer.createContent())));
    }

    private static Optional<UserId> invitee(Draft draft) {
        return Optional.ofNullable(draft.stateKey())
                .filter(target -> draft.type().equals(EventTypes.MEMBER))
                .filter(target ->
                        Membership.of(draft.content()).equals(Optional.of(Membership.INVITE)))
                .flatMap(UserId::tryParse);
    }

    /// The event by which the sender has set just this already: a `PUT` asked again changes
    /// nothing.
    private Optional<EventId> present(Call call, RoomId room, Draft draft) {
        StateKey key = new StateKey(draft.type(), call.path("stateKey"));
        return access.ifJoined(call.caller(), room)
                .flatMap(known -> state.find(known, key))
                .filter(set -> set.event().sender().equals(draft.sender()))
                .filter(set -> set.event().content().equals(draft.content()))
                .map(StoredEvent::id);
    }

    private void checkInvitation(RoomWriter writer, Draft draft) {
        invitee(draft).ifPresent(user -> inviteGuard.check(user, writer.createContent()));
    }
}
