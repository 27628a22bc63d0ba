package org.valise.rooms.serving;

import org.valise.platform.http.Endpoint;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;

import java.util.List;

/// The operations by which other servers read rooms.
///
/// @param server this one
public record ServingEndpoints(
        AskedRooms rooms, Events events, StateStore states, ServerName server) {
    public List<Endpoint> all() {
        StateAnswer answer = new StateAnswer(rooms, events, states);
        return List.of(
                new BackfillFederation(rooms, events, server),
                new MissingEventsFederation(rooms, events),
                new EventFederation(rooms, server),
                new EventAuthFederation(answer),
                new RoomStateFederation(answer),
                new RoomStateIdsFederation(answer),
                new QueryFederation());
    }
}
