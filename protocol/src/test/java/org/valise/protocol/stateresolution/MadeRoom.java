package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Verifier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A room of unsigned events, with the state after each: the fold of its history, resolved where it
/// forks by the oracle.
final class MadeRoom {
    /// No test here has an invitation by e-mail that is genuine.
    static final Verifier NO_SIGNATURE_IS_VALID = (publicKey, message, signature) -> false;

    final RoomVersion version;
    final Map<EventId, Event> events = new LinkedHashMap<>();
    final Set<EventId> rejected = new LinkedHashSet<>();
    final NaiveResolution oracle;
    private final Map<EventId, Map<StateKey, EventId>> statesAfter = new HashMap<>();
    private @Nullable Event create;
    private String idSuffix = "";

    MadeRoom(RoomVersion version) {
        this.version = version;
        this.oracle = new NaiveResolution(version, events, rejected, NO_SIGNATURE_IS_VALID);
    }

    /// What is to be added; what is left out is filled in.
    static final class Draft {
        final String sender;
        final String type;
        final @Nullable String stateKey;
        final JsonObject content;
        final List<Event> prev;
        @Nullable List<EventId> auth;
        @Nullable Long timestamp;
        @Nullable Long depth;

        Draft(
                String sender,
                String type,
                @Nullable String stateKey,
                JsonObject content,
                List<Event> prev) {
            this.sender = sender;
            this.type = type;
            this.stateKey = stateKey;
            this.content = content;
            this.prev = prev;
        }

        Draft auth(List<EventId> auth) {
            this.auth = auth;
            return this;
        }

        Draft timestamp(long timestamp) {
            this.timestamp = timestamp;
            return this;
        }

        Draft depth(long depth) {
            this.depth = depth;
            return this;
        }
    }

    /// Adds an event as accepted; its auth events are by default those selected from the state
    /// before it.
    Event add(Draft draft) {
        Event event = make(draft);
        accept(event);
        return event;
    }

    void accept(Event event) {
        Map<StateKey, EventId> state = new HashMap<>(stateBefore(event.prevEvents()));
        events.put(event.id(), event);
        if (event.isState()) {
            state.put(event.key(), event.id());
        }
        statesAfter.put(event.id(), state);
        if (create == null) {
            create = event;
        }
    }

    /// Adds an event that was rejected: it leaves the state as it was.
    void reject(Event event) {
        statesAfter.put(event.id(), stateBefore(event.prevEvents()));
        events.put(event.id(), event);
        rejected.add(event.id());
    }

    Map<StateKey, EventId> stateAfter(Event event) {
        return statesAfter.get(event.id());
    }

    Map<StateKey, EventId> stateBefore(List<EventId> prev) {
        List<Map<StateKey, EventId>> states = prev.stream().map(statesAfter::get).toList();
        return switch (states.size()) {
            case 0 -> Map.of();
            case 1 -> states.getFirst();
            default -> oracle.resolve(states);
        };
    }

    Event make(Draft draft) {
        List<EventId> prev = draft.prev.stream().map(Event::id).toList();
        long depth = draft.prev.stream().mapToLong(Event::depth).max().orElse(0) + 1;
        boolean creates = draft.type.equals("m.room.create") && version.has(Tweak.ROOM_ID_IS_HASH);
        int ordinal = events.size();
        List<EventId> auth = draft.auth != null ? draft.auth : selectAuth(draft, stateBefore(prev));
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("type", draft.type)
                        .put("sender", draft.sender)
                        .put("content", draft.content)
                        .put("prev_events", references(prev))
                        .put("auth_events", references(auth))
                        .put("depth", draft.depth != null ? draft.depth : depth)
                        .put(
                                "origin_server_ts",
                                draft.timestamp != null ? draft.timestamp : 1000L * ordinal)
                        .put("hashes", JsonObject.of("sha256", ordinal + idSuffix))
                        .put("signatures", JsonObject.of());
        if (draft.stateKey != null) {
            json.put("state_key", draft.stateKey);
        }
        if (!creates) {
            Event first = create;
            json.put(
                    "room_id",
                    first == null
                            ? "!room" + draft.sender.substring(draft.sender.indexOf(':'))
                            : first.roomId().value());
        }
        if (!version.has(Tweak.EVENT_ID_IS_HASH)) {
            json.put("event_id", "$" + ordinal + idSuffix + ":a.example");
        }
        return Event.parse(version, json.build());
    }

    /// Event ids are made of hashes: another suffix is another set of ids, in another order.
    MadeRoom idSuffix(String idSuffix) {
        this.idSuffix = idSuffix;
        return this;
    }

    List<EventId> selectAuth(Draft draft, Map<StateKey, EventId> state) {
        List<EventId> selected = new ArrayList<>();
        AuthRules.authEventKeys(
                        version,
                        draft.type,
                        draft.stateKey,
                        org.valise.protocol.id.UserId.parse(draft.sender),
                        draft.content)
                .stream()
                .filter(state::containsKey)
                .map(state::get)
                .forEach(selected::add);
        return selected;
    }

    private JsonArray references(List<EventId> ids) {
        return version.has(Tweak.EVENT_ID_IS_HASH)
                ? JsonArray.of(ids.stream().map(EventId::value).toArray())
                : JsonArray.of(
                        ids.stream()
                                .map(id -> JsonArray.of(id.value(), JsonObject.of()))
                                .toArray());
    }
}
