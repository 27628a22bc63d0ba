package org.valise.rooms.handshake;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.rendering.StrippedState;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;

/// Takes in a knock that another server has signed, and tells that server which room it is that its
/// user knocks at. Spec: server-server API, `PUT /send_knock/{roomId}/{eventId}`.
final class SendKnockFederation implements Endpoint {
    private final SignedMemberships memberships;
    private final StateStore states;
    private final StateKeys keys;
    private final Events events;

    SendKnockFederation(
            SignedMemberships memberships, StateStore states, StateKeys keys, Events events) {
        this.memberships = memberships;
        this.states = states;
        this.keys = keys;
        this.events = events;
    }

    @Override
    public Route route() {
        return Route.put(Handshake.KNOCK.sendPath() + "/{roomId}/{eventId}")
                .spec("sendKnock")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        StoredEvent knock = memberships.receive(Handshake.KNOCK, call);
        return Reply.json(JsonObject.of("knock_room_state", told(knock)));
    }

    /// "MUST contain the `m.room.create` event for the room. All events listed MUST additionally be
    /// formatted according to the room version specification."
    private JsonArray told(StoredEvent knock) {
        StateSnapshot state = states.snapshot(knock.snapshotBefore());
        List<Long> numbers =
                keys.find(StrippedState.keys()).values().stream()
                        .map(state::get)
                        .filter(event -> event != 0)
                        .toList();
        return JsonArray.of(
                events.load(knock.room(), numbers).values().stream()
                        .map(told -> told.event().json())
                        .toList());
    }
}
