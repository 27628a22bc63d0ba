package org.valise.rooms.admission;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.rooms.policyservers.PolicyServer;
import org.valise.rooms.policyservers.PolicyServers;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.view.RoomViews;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Whether a room's policy server recommends events, asked before they get to the room's lane:
/// there what it has not signed is soft-failed.
///
/// Spec: server-server API, "Validating Policy Server signatures".
public final class PolicyServerCheck {
    private final PolicyServers servers;
    private final RoomViews views;
    private final StateKeys keys;
    private final Events events;

    public PolicyServerCheck(
            PolicyServers servers, RoomViews views, StateKeys keys, Events events) {
        this.servers = servers;
        this.views = views;
        this.keys = keys;
        this.events = events;
    }

    /// Those that the room's policy server should have signed and has not.
    Set<EventId> lacking(RoomRef room, Collection<Event> given) {
        Event policy = policy(room);
        Set<EventId> lacking = new HashSet<>();
        if (policy != null) {
            for (Event event : given) {
                if (servers.lacking(room.number(), policy, event).isPresent()) {
                    lacking.add(event.id());
                }
            }
        }
        return lacking;
    }

    /// The events, with the signatures that the policy server gives.
    List<Event> asked(RoomRef room, Collection<Event> given) {
        Event policy = policy(room);
        if (policy == null) {
            return List.copyOf(given);
        }
        List<Event> asked = new ArrayList<>();
        for (Event event : given) {
            asked.add(
                    servers.lacking(room.number(), policy, event)
                            .map(server -> servers.signedIfRecommended(event, server))
                            .orElse(event));
        }
        return asked;
    }

    private @Nullable Event policy(RoomRef room) {
        long number =
                views.get(room.number())
                        .stateAt(Long.MAX_VALUE)
                        .get(keys.number(PolicyServer.STATE));
        return number == 0 ? null : events.get(room.number(), number).event();
    }
}
