package org.valise.rooms.admission;

import org.jspecify.annotations.Nullable;
import org.valise.federation.keys.Ed25519;
import org.valise.protocol.authrules.AuthResult;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.authrules.AuthState;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Signer;
import org.valise.protocol.stateresolution.EventLookup;
import org.valise.protocol.stateresolution.Resolution;
import org.valise.protocol.stateresolution.StateResolution;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/// A room as it is on servers elsewhere, the slow and obvious way: every event with the whole state
/// before it.
final class RemoteRoom {
    static final UserId ROSE = UserId.parse("@rose:remote.example");
    static final UserId RALF = UserId.parse("@ralf:remote.example");

    static final Signer SIGNER =
            new Signer() {
                @Override
                public ServerName server() {
                    return ServerName.parse("remote.example");
                }

                @Override
                public KeyId keyId() {
                    return KeyId.parse("ed25519:1");
                }

                @Override
                public byte[] sign(byte[] message) {
                    return new byte[64];
                }
            };

    final RoomVersion version;
    final RoomId id;
    private final long seed;
    private final Map<EventId, Event> events = new LinkedHashMap<>();
    private final Map<EventId, Map<StateKey, EventId>> before = new LinkedHashMap<>();
    private final Set<EventId> rejected = new HashSet<>();
    private long clock = 1_000;

    /// Rose makes a public room in which everybody may set state, and Ralf joins.
    RemoteRoom(RoomVersion version) {
        this(version, 0);
    }

    /// @param seed what tells rooms of a test apart
    RemoteRoom(RoomVersion version, long seed) {
        this.version = version;
        this.seed = seed;
        JsonObject content = JsonObject.of("room_version", version.id());
        EventBuilder create = builder(List.of(), Map.of(), ROSE, "m.room.create", "");
        create.content(
                version.has(Tweak.CREATOR_IS_SENDER)
                        ? content
                        : content.with("creator", ROSE.value()));
        if (version.has(Tweak.ROOM_ID_IS_HASH)) {
            create.originServerTs(1_000_000 + seed); // the room's id follows from it
        } else {
            create.roomId(RoomId.parse("!room" + seed + ":remote.example"));
        }
        Event first = create.sign(SIGNER);
        id = first.roomId();
        add(first, List.of());
        Event last = first;
        last = say(List.of(last), ROSE, "m.room.member", ROSE.value(), member("join"));
        last =
                say(
                        List.of(last),
                        ROSE,
                        "m.room.power_levels",
                        "",
                        JsonObject.of(
                                "state_default",
                                0,
                                "users",
                                version.has(Tweak.ROOM_ID_IS_HASH)
                                        ? JsonObject.of()
                                        : JsonObject.of(ROSE.value(), 100)));
        last =
                say(
                        List.of(last),
                        ROSE,
                        "m.room.join_rules",
                        "",
                        JsonObject.of("join_rule", "public"));
        say(List.of(last), RALF, "m.room.member", RALF.value(), member("join"));
    }

    static JsonObject member(String membership) {
        return JsonObject.of("membership", membership);
    }

    Event newest() {
        return List.copyOf(events.values()).getLast();
    }

    Event event(EventId event) {
        return Objects.requireNonNull(events.get(event));
    }

    List<Event> all() {
        return List.copyOf(events.values());
    }

    boolean isRejected(EventId event) {
        return rejected.contains(event);
    }

    Map<StateKey, EventId> stateBefore(EventId event) {
        return Objects.requireNonNull(before.get(event));
    }

    Map<StateKey, EventId> stateAfter(EventId id) {
        Map<StateKey, EventId> state = new TreeMap<>(stateBefore(id));
        Event event = event(id);
        if (event.isState() && !rejected.contains(id)) {
            state.put(event.key(), id);
        }
        return state;
    }

    Map<StateKey, EventId> resolved(Collection<EventId> ids) {
        List<Map<StateKey, EventId>> states =
                ids.stream().map(this::stateAfter).distinct().toList();
        if (states.isEmpty()) {
            return Map.of();
        }
        EventLookup lookup = events::get;
        return states.size() == 1
                ? states.getFirst()
                : new TreeMap<>(
                        ((Resolution.Resolved)
                                        StateResolution.resolve(
                                                version, states, lookup, Ed25519.fastest()))
                                .state());
    }

    /// Adds an event after these, whether it is allowed or not.
    Event say(
            List<Event> parents,
            UserId sender,
            String type,
            @Nullable String stateKey,
            JsonObject content) {
        return say(parents, sender, type, stateKey, content, null);
    }

    Event say(
            List<Event> parents,
            UserId sender,
            String type,
            @Nullable String stateKey,
            JsonObject content,
            @Nullable EventId redacts) {
        Map<StateKey, EventId> state = resolved(parents.stream().map(Event::id).toList());
        EventBuilder builder = builder(parents, state, sender, type, stateKey);
        Event event =
                builder.roomId(id)
                        .content(content)
                        .redacts(redacts)
                        .authEvents(
                                AuthRules.authEventKeys(version, type, stateKey, sender, content)
                                        .stream()
                                        .map(state::get)
                                        .filter(Objects::nonNull)
                                        .toList())
                        .sign(SIGNER);
        add(event, parents);
        return event;
    }

    private EventBuilder builder(
            List<Event> parents,
            Map<StateKey, EventId> state,
            UserId sender,
            String type,
            @Nullable String stateKey) {
        EventBuilder builder =
                EventBuilder.of(version)
                        .type(type)
                        .stateKey(stateKey)
                        .sender(sender)
                        .prevEvents(parents.stream().map(Event::id).toList())
                        .depth(parents.stream().mapToLong(Event::depth).max().orElse(0) + 1)
                        .originServerTs(clock++);
        if (!version.has(Tweak.EVENT_ID_IS_HASH)) {
            builder.eventId(EventId.parse("$e" + seed + "x" + clock + ":remote.example"));
        }
        return builder;
    }

    private void add(Event event, List<Event> parents) {
        events.put(event.id(), event);
        before.put(event.id(), new TreeMap<>(resolved(parents.stream().map(Event::id).toList())));
        if (!isAllowed(event, stateBefore(event.id())) || hasRejectedAuth(event)) {
            rejected.add(event.id());
        }
    }

    private boolean hasRejectedAuth(Event event) {
        return event.authEvents().stream().anyMatch(rejected::contains);
    }

    /// Whether the rules allow an event in a state.
    boolean isAllowed(Event event, Map<StateKey, EventId> state) {
        AuthState lookup = key -> state.containsKey(key) ? events.get(state.get(key)) : null;
        return AuthRules.check(event, lookup, Ed25519.fastest()) instanceof AuthResult.Allowed;
    }

    /// Events and all that they refer to by `auth_events`.
    Set<Event> authChains(Collection<EventId> of) {
        Set<Event> chain = new LinkedHashSet<>();
        Deque<EventId> open = new ArrayDeque<>(of);
        while (!open.isEmpty()) {
            Event event = event(open.remove());
            if (chain.add(event)) {
                open.addAll(event.authEvents());
            }
        }
        if (version.has(Tweak.ROOM_ID_IS_HASH)) {
            chain.add(event(id.createEvent().orElseThrow()));
        }
        return chain;
    }

    /// The ancestors of these that another server would send: these first, at most `limit`, then
    /// put oldest first.
    List<Event> backfill(Collection<EventId> from, int limit) {
        Set<EventId> found = new LinkedHashSet<>();
        Deque<EventId> open = new ArrayDeque<>(from);
        while (!open.isEmpty() && found.size() < limit) {
            EventId next = open.remove();
            if (found.add(next)) {
                open.addAll(event(next).prevEvents());
            }
        }
        List<Event> oldestFirst = new ArrayList<>(events.values());
        oldestFirst.removeIf(event -> !found.contains(event.id()));
        return oldestFirst;
    }
}
