package org.valise.protocol.stateresolution;

import static org.assertj.core.api.Assertions.assertThat;

import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One of the JSON files beside this class's resources, made into a room of one version. The README
/// there explains the format.
final class Fixture {
    private static final String ALICE = "@alice:example.org";

    private final JsonObject json;
    private final MadeRoom room;
    private final LinkedHashMap<String, Event> named = new LinkedHashMap<>();
    private final List<String> begin;

    private Fixture(JsonObject json, RoomVersion version) {
        this.json = json;
        this.room = new MadeRoom(version);
        begin();
        this.begin = List.copyOf(named.keySet());
        JsonObject events = json.object("events").orElseThrow();
        for (String name : events.keys()) {
            add(name, events.object(name).orElseThrow());
        }
    }

    static JsonObject read(String name) {
        try (InputStream in = Fixture.class.getResourceAsStream(name + ".json")) {
            return Json.parseObject(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Fixture of(JsonObject json, RoomVersion version) {
        return new Fixture(json, version);
    }

    /// The names that `resolved` lists for this version, if it does.
    static Optional<List<String>> expectation(JsonObject json, RoomVersion version) {
        JsonObject resolved = json.object("resolved").orElseThrow();
        int number = Integer.parseInt(version.id());
        for (String range : resolved.keys()) {
            String[] ends = range.split("-");
            if (number >= Integer.parseInt(ends[0])
                    && number <= Integer.parseInt(ends[ends.length - 1])) {
                return resolved.array(range).map(JsonArray::strings);
            }
        }
        return Optional.empty();
    }

    MadeRoom room() {
        return room;
    }

    List<Map<StateKey, EventId>> states() {
        Optional<JsonArray> after = json.array("after");
        if (after.isPresent()) {
            return after.get().strings().stream().map(n -> room.stateAfter(event(n))).toList();
        }
        return json.array("states").orElseThrow().values().stream()
                .map(state -> state(((JsonArray) state).strings()))
                .toList();
    }

    Map<StateKey, EventId> state(List<String> names) {
        Map<StateKey, EventId> state = new HashMap<>();
        for (String name : names) {
            if (name.equals("begin")) {
                begin.forEach(made -> state.put(event(made).key(), event(made).id()));
            } else if (name.startsWith("-")) {
                state.remove(event(name.substring(1)).key(), event(name.substring(1)).id());
            } else {
                state.put(event(name).key(), event(name).id());
            }
        }
        return state;
    }

    /// For people who read a failure.
    List<String> names(Map<StateKey, EventId> state) {
        return named.entrySet().stream()
                .filter(entry -> state.containsValue(entry.getValue().id()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void begin() {
        JsonObject.Builder create = JsonObject.builder().put("room_version", room.version.id());
        if (!room.version.has(Tweak.CREATOR_IS_SENDER)) {
            create.put("creator", ALICE);
        }
        json.array("additional_creators").ifPresent(c -> create.put("additional_creators", c));
        JsonObject users = json.object("begin").orElseThrow();
        add("create", begun(ALICE, "m.room.create", "", create.build()));
        add("alice", begun(ALICE, "m.room.member", ALICE, JsonObject.of("membership", "join")));
        JsonObject levels = users.with(ALICE, 100);
        for (String creator :
                create.build()
                        .array("additional_creators")
                        .map(JsonArray::strings)
                        .orElse(List.of())) {
            levels = levels.without(creator);
        }
        add("power", begun(ALICE, "m.room.power_levels", "", JsonObject.of("users", levels)));
        add("rules", begun(ALICE, "m.room.join_rules", "", JsonObject.of("join_rule", "public")));
        for (String user : users.keys()) {
            add(
                    user.substring(1, user.indexOf(':')),
                    begun(user, "m.room.member", user, JsonObject.of("membership", "join")));
        }
    }

    private static JsonObject begun(String by, String type, String stateKey, JsonObject content) {
        return JsonObject.of("by", by, "type", type, "state_key", stateKey, "content", content);
    }

    private void add(String name, JsonObject given) {
        String type = given.string("type").orElseThrow();
        List<Event> prev =
                given.array("after")
                        .map(names -> names.strings().stream().map(this::event).toList())
                        .orElseGet(() ->
                                named.isEmpty()
                                        ? List.of()
                                        : List.of(named.sequencedValues().getLast()));
        MadeRoom.Draft draft =
                new MadeRoom.Draft(
                        given.string("by").orElseThrow(),
                        type,
                        type.equals("m.room.message") ? null : given.string("state_key").orElse(""),
                        content(type, given.object("content").orElseThrow()),
                        prev);
        given.integer("ts").ifPresent(draft::timestamp);
        given.integer("depth").ifPresent(draft::depth);
        given.array("cites")
                .ifPresent(names ->
                        draft.auth(
                                names.strings().stream()
                                        .filter(n -> !n.equals("create") || citesCreate())
                                        .map(n -> event(n).id())
                                        .toList()));
        Event event = room.make(draft);
        if (given.bool("rejected").orElse(false)) {
            room.reject(event);
        } else {
            assertThat(allowed(event) || given.bool("forced").orElse(false))
                    .as("%s is allowed in room version %s", name, room.version)
                    .isTrue();
            room.accept(event);
        }
        assertThat(named.put(name, event)).isNull();
    }

    private boolean citesCreate() {
        return !room.version.has(Tweak.ROOM_ID_IS_HASH);
    }

    private boolean allowed(Event event) {
        Map<StateKey, EventId> state = room.stateBefore(event.prevEvents());
        return AuthRules.check(
                        event,
                        key -> state.containsKey(key) ? room.events.get(state.get(key)) : null,
                        MadeRoom.NO_SIGNATURE_IS_VALID)
                .isAllowed();
    }

    /// In room version 12 the creator stands in no power levels.
    private JsonObject content(String type, JsonObject content) {
        if (!type.equals("m.room.power_levels") || !room.version.has(Tweak.PRIVILEGED_CREATORS)) {
            return content;
        }
        return content.with("users", content.object("users").orElseThrow().without(ALICE));
    }

    private Event event(String name) {
        Event event = named.get(name);
        assertThat(event).as("event named %s", name).isNotNull();
        return event;
    }
}
