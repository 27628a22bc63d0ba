package org.valise.rooms.handshake;

import org.valise.platform.http.PieceStream;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.serving.AuthChain;
import org.valise.rooms.serving.EventArrays;
import org.valise.rooms.serving.EventArrays.Rendering;
import org.valise.rooms.serving.EventArrays.Section;
import org.valise.rooms.serving.StateEntries;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.Heroes;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/// Makes the answers to those who have joined: the state of the room before that, and its auth
/// chain. They are read from the database while they are sent, so that a room of any size costs the
/// same memory, but for the ids of its auth chain.
final class JoinAnswers {
    private static final Set<StateKey> NAMES =
            Set.of(new StateKey(EventTypes.NAME, ""), new StateKey(EventTypes.CANONICAL_ALIAS, ""));

    private final Events events;
    private final StateStore states;
    private final StateKeys keys;
    private final Heroes heroes;
    private final LongFunction<Set<ServerName>> servers;

    /// @param servers those that are in a room, by its number
    JoinAnswers(
            Events events,
            StateStore states,
            StateKeys keys,
            LongFunction<Set<ServerName>> servers) {
        this.events = events;
        this.states = states;
        this.keys = keys;
        this.heroes = new Heroes(events);
        this.servers = servers;
    }

    /// @param join as it is in the room
    /// @param omitMembers whether the other server can do without the members
    InputStream to(StoredEvent join, boolean omitMembers) {
        AuthChain chain = new AuthChain(events, join.room());
        chain.addFor(join.event());
        return new PieceStream(
                new EventArrays(
                        more(join, omitMembers),
                        List.of(
                                new Section(
                                        "state",
                                        chain.behind(state(join, omitMembers), !omitMembers)),
                                new Section("auth_chain", chain)),
                        Rendering.WHOLE));
    }

    private StateEntries state(StoredEvent join, boolean omitMembers) {
        StateSnapshot before = states.snapshot(join.snapshotBefore());
        if (!omitMembers) {
            return StateEntries.of(events, join.room(), before);
        }
        LongStream.Builder state = LongStream.builder();
        before.forEachOther((key, event) -> state.add(event));
        if (!isNamed(before)) {
            heroes.of(join.room(), before, join.event().sender().value())
                    .forEach(hero -> state.add(hero.event()));
        }
        return new StateEntries(events, join.room(), state.build());
    }

    /// What there is to tell beside the state.
    ///
    /// `servers_in_room`: "A list of the servers active in the room (ie, those with joined members)
    /// before the join."
    private JsonObject more(StoredEvent join, boolean omitMembers) {
        ServerName joining = join.event().sender().server();
        return JsonObject.of(
                "event",
                join.event().json(),
                "members_omitted",
                omitMembers,
                "servers_in_room",
                JsonArray.of(
                        servers.apply(join.room()).stream()
                                .filter(server -> !server.equals(joining))
                                .map(ServerName::value)
                                .toList()));
    }

    /// "If the room to be joined has no `m.room.name` nor `m.room.canonical_alias` events in its
    /// current state, the resident server should determine the room members who would be included
    /// in the `m.heroes` property".
    private boolean isNamed(StateSnapshot state) {
        Map<StateKey, Long> numbers = keys.find(NAMES);
        return numbers.values().stream().anyMatch(key -> state.get(key) != 0);
    }
}
