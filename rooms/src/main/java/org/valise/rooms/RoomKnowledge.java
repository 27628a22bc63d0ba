package org.valise.rooms;

import org.valise.platform.database.Database;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.ServerMemberStore;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.view.CurrentRooms;
import org.valise.rooms.view.RoomViews;

import java.util.function.Predicate;

/// What there is to know of rooms: the stores, what of them is in memory, and which servers are in
/// which room.
final class RoomKnowledge {
    final ServerName server;
    final Predicate<UserId> local;
    final RoomStore rooms;
    final Events events;
    final StateKeys keys;
    final StateStore states;
    final CurrentStateStore currentStates;
    final MembershipStore memberships;
    final RoomViews views;
    final RoomServers servers;

    RoomKnowledge(Rooms.Needs needs, MemoryBudget memory) {
        Database database = needs.database();
        server = needs.federation().keys().server();
        local = user -> user.server().equals(server);
        rooms = new RoomStore(database);
        events = new Events(new EventStore(database), memory.events());
        keys = new StateKeys(database);
        states = new StateStore(database, memory.states());
        currentStates = new CurrentStateStore(database);
        memberships = new MembershipStore(database);
        views = new RoomViews(needs.stream(), rooms, events, currentStates, states, memory.views());
        needs.stream().follow(views);
        servers =
                new RoomServers(
                        server, new ServerMemberStore(database), memberships, keys, states, events);
        needs.stream().follow(servers);
    }

    CurrentRooms currentRooms() {
        return new CurrentRooms(views, currentStates, states);
    }
}
