package org.valise.protocol.authrules;

import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonNull;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Keys;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// One case of a fixture file: a room, an event, and what the rules say about it, in each of some
/// room versions.
///
/// A file is a list of rules, each with the `rule`'s name, its `sentence`, and `cases`. A case has:
/// - `name`: a sentence; `expect`: `allow` or `reject` by that rule, or `allow OTHER_RULE`, `reject
///   OTHER_RULE`;
/// - `versions`: such as `1-5`, `8-`; all where it is missing;
/// - the room: `create` (members to add to the create event's content; null for no create event),
///   `members` (user → membership, null for none; the creator `@creator:here.test` is joined),
///   `power_levels` and `join_rule` (none where missing), `state` (further events);
/// - `event`: as in [Events];
/// - `auth_events`: when given, not the state is considered, but these, with `rejected`: names of
///   events. `"create"` is the create event.
record AuthFixture(AuthRule about, String sentence, JsonObject json) {

    private static final Set<String> KEYS =
            Set.of(
                    "name",
                    "expect",
                    "versions",
                    "create",
                    "members",
                    "power_levels",
                    "join_rule",
                    "state",
                    "event",
                    "auth_events",
                    "rejected");

    static List<AuthFixture> of(JsonArray file) {
        List<AuthFixture> fixtures = new ArrayList<>();
        for (JsonObject rule : file.objects()) {
            AuthRule about = AuthRule.valueOf(rule.string("rule").orElseThrow());
            for (JsonObject json : rule.array("cases").orElseThrow().objects()) {
                fixtures.add(new AuthFixture(about, rule.string("sentence").orElseThrow(), json));
            }
        }
        return fixtures;
    }

    AuthFixture {
        Set<String> unknown = new TreeSet<>(json.keys());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(json + " has unknown keys: " + unknown);
        }
    }

    String name() {
        return json.string("name").orElseThrow();
    }

    Set<RoomVersion> versions() {
        String range = json.string("versions").orElse("1-");
        int dash = range.indexOf('-');
        int first = Integer.parseInt(range.substring(0, dash));
        int last =
                dash + 1 < range.length()
                        ? Integer.parseInt(range.substring(dash + 1))
                        : RoomVersion.values().length;
        Set<RoomVersion> versions = EnumSet.noneOf(RoomVersion.class);
        for (int number = first; number <= last; number++) {
            versions.add(RoomVersion.of(Integer.toString(number)).orElseThrow());
        }
        return versions;
    }

    boolean isAllowed() {
        return switch (expected()[0]) {
            case "allow" -> true;
            case "reject" -> false;
            default -> throw new IllegalArgumentException(json.toString());
        };
    }

    /// The rule that is expected to decide.
    AuthRule rule() {
        return expected().length == 1 ? about : AuthRule.valueOf(expected()[1]);
    }

    private String[] expected() {
        return json.string("expect").orElseThrow().split(" ");
    }

    AuthResult verdict(RoomVersion version) {
        Events events = new Events(version);
        Event event = events.of("event", json.object("event").orElseThrow());
        return json.has("auth_events")
                ? AuthRules.checkAuthEvents(event, authEvents(events), rejected(events)::contains)
                : AuthRules.check(event, AuthState.of(state(events)), Keys.VERIFIER);
    }

    /// The verdict when the state holds nothing but what the rules said they need.
    AuthResult verdictByNeeds(RoomVersion version) {
        Events events = new Events(version);
        Event event = events.of("event", json.object("event").orElseThrow());
        Set<StateKey> needed = AuthRules.needs(event);
        List<Event> state = state(events).stream().filter(e -> needed.contains(e.key())).toList();
        return AuthRules.check(event, AuthState.of(state), Keys.VERIFIER);
    }

    private Event create(Events events) {
        return events.create(json.object("create").orElse(JsonObject.of()));
    }

    Collection<Event> state(Events events) {
        List<Event> state = new ArrayList<>();
        if (json.get("create") != JsonNull.NULL) {
            state.add(create(events));
        }
        JsonObject members =
                JsonObject.of(Events.CREATOR, "join").toBuilder()
                        .putAll(json.object("members").orElse(JsonObject.of()))
                        .build();
        members.forEach((user, membership) -> {
            if (membership instanceof JsonString text) {
                state.add(events.member(user, text.value()));
            }
        });
        json.object("power_levels")
                .ifPresent(levels -> state.add(events.state("m.room.power_levels", levels)));
        JsonValue joinRule = json.get("join_rule");
        if (joinRule != null) {
            state.add(events.state("m.room.join_rules", JsonObject.of("join_rule", joinRule)));
        }
        for (JsonObject more : objects("state")) {
            state.add(events.of("more" + state.size(), more));
        }
        return state;
    }

    private List<JsonObject> objects(String key) {
        return json.array(key).map(JsonArray::objects).orElse(List.of());
    }

    private List<Event> authEvents(Events events) {
        List<Event> entries = new ArrayList<>();
        for (JsonValue entry : json.array("auth_events").orElseThrow()) {
            entries.add(
                    entry instanceof JsonObject object
                            ? events.of("auth" + entries.size(), object)
                            : create(events));
        }
        return entries;
    }

    private Set<EventId> rejected(Events events) {
        Set<EventId> rejected = new TreeSet<>();
        json.array("rejected")
                .map(JsonArray::strings)
                .orElse(List.of())
                .forEach(name -> rejected.add(events.id(name)));
        return rejected;
    }
}
