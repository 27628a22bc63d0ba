package org.valise.rooms.visibility;

import org.valise.protocol.id.ServerName;
import org.valise.rooms.state.StateLookups;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.view.RoomViews;

/// What other servers may see of rooms that they are in.
public final class ServerVisibility {
    final Events events;
    final StateStore states;
    final StateLookups lookups;
    final StateKeys keys;
    final RoomViews views;
    final Erasures erasures;

    public ServerVisibility(
            Events events, StateStore states, StateKeys keys, RoomViews views, Erasures erasures) {
        this.events = events;
        this.states = states;
        this.lookups = new StateLookups(states);
        this.keys = keys;
        this.views = views;
        this.erasures = erasures;
    }

    /// For asking of many events of one room.
    ///
    /// @param server that is in the room
    public ServerSight of(ServerName server, long room) {
        return new ServerSight(this, server, room);
    }
}
