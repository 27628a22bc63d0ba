package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.authrules.AuthState;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A room whose history is drawn from a seed: it forks and merges, and its users promote, ban,
/// invite, leave and rename against each other. Most events are such as honest servers make; some
/// cite stale auth events, are rejected, or got in though they should not have.
final class RandomRoom {
    private static final List<String> USERS =
            List.of(
                    "@alice:a.example",
                    "@bob:b.example",
                    "@carol:c.example",
                    "@dave:a.example",
                    "@erin:b.example");
    private static final String ALICE = USERS.getFirst();

    private final MadeRoom room;
    private final Random random;
    private final List<Event> all = new ArrayList<>();

    private RandomRoom(RoomVersion version, long seed) {
        this.random = new Random(seed * 31 + version.ordinal());
        this.room = new MadeRoom(version).idSuffix("x" + seed);
    }

    static RandomRoom of(RoomVersion version, long seed) {
        RandomRoom made = new RandomRoom(version, seed);
        made.begin();
        int steps = 10 + made.random.nextInt(50);
        for (int i = 0; i < steps; i++) {
            made.step();
        }
        return made;
    }

    MadeRoom room() {
        return room;
    }

    /// State sets as a fork would bring them together: after two to five of the events.
    List<Map<StateKey, EventId>> statesOfAFork() {
        int count = 2 + (chance(30) ? random.nextInt(4) : 0);
        return IntStream.range(0, count).mapToObj(i -> room.stateAfter(pick(all))).toList();
    }

    /// State sets as lying servers may bring them together: entries are gone or of another time.
    List<Map<StateKey, EventId>> bentStates() {
        return statesOfAFork().stream().map(this::bent).collect(Collectors.toList());
    }

    private Map<StateKey, EventId> bent(Map<StateKey, EventId> state) {
        Map<StateKey, EventId> bent = new HashMap<>(state);
        List<StateKey> keys = state.keySet().stream().sorted().toList();
        for (int i = random.nextInt(3); i > 0; i--) {
            bent.remove(pick(keys));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            Event event = pick(all);
            if (event.isState() && !event.type().equals("m.room.create")) {
                bent.put(event.key(), event.id());
            }
        }
        return bent;
    }

    private void begin() {
        JsonObject.Builder content = JsonObject.builder().put("room_version", room.version.id());
        if (!room.version.has(Tweak.CREATOR_IS_SENDER)) {
            content.put("creator", ALICE);
        }
        if (room.version.has(Tweak.PRIVILEGED_CREATORS) && chance(50)) {
            content.put("additional_creators", JsonArray.of(USERS.get(1)));
        }
        first(ALICE, "m.room.create", "", content.build());
        first(ALICE, "m.room.member", ALICE, JsonObject.of("membership", "join"));
        if (chance(85)) {
            JsonObject.Builder users = JsonObject.builder();
            if (!room.version.has(Tweak.PRIVILEGED_CREATORS)) {
                users.put(ALICE, 100);
            }
            first(
                    ALICE,
                    "m.room.power_levels",
                    "",
                    JsonObject.of("users", users.put("@dave:a.example", 50).build()));
        }
        if (chance(85)) {
            first(ALICE, "m.room.join_rules", "", JsonObject.of("join_rule", "public"));
        }
        for (String user : USERS.subList(1, USERS.size())) {
            if (chance(70)) {
                step(
                        draft(
                                user,
                                "m.room.member",
                                user,
                                JsonObject.of("membership", "join"),
                                tip()));
            }
        }
    }

    private void first(String sender, String type, String stateKey, JsonObject content) {
        all.add(room.add(draft(sender, type, stateKey, content, tip())));
    }

    private List<Event> tip() {
        return all.isEmpty() ? List.of() : List.of(all.getLast());
    }

    private void step() {
        String sender = pick(USERS);
        List<Event> prev = parents();
        step(
                switch (random.nextInt(20)) {
                    case 0, 1, 2 -> draft(sender, "m.room.topic", "", nonce("topic"), prev);
                    case 3 -> draft(sender, "m.room.name", "", nonce("name"), prev);
                    case 4, 5, 6, 7 -> powerLevels(sender, prev);
                    case 8, 9 -> joinRules(sender, prev);
                    case 10, 11, 12 -> own(sender, prev);
                    case 13, 14, 15, 16 -> others(sender, prev);
                    case 17 -> odd(sender, prev);
                    case 18 -> draft(sender, "m.room.message", null, nonce("body"), prev);
                    default -> draft(sender, "org.example.own", sender, nonce("own"), prev);
                });
    }

    private List<Event> parents() {
        int count = chance(75) ? 1 : 2 + random.nextInt(2);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    int back = chance(50) ? 1 : 1 + random.nextInt(12);
                    return all.get(Math.max(0, all.size() - back));
                })
                .distinct()
                .toList();
    }

    private void step(MadeRoom.Draft draft) {
        Event event = room.make(draft);
        boolean byChain = allowed(event, cited(event));
        boolean byState = allowed(event, room.stateBefore(event.prevEvents()));
        boolean citesRejected = event.authEvents().stream().anyMatch(room.rejected::contains);
        if (byChain && byState || chance(citesRejected ? 50 : 2)) {
            room.accept(event);
        } else if (byChain || chance(5)) {
            room.reject(event);
        } else {
            return;
        }
        all.add(event);
    }

    private boolean allowed(Event event, Map<StateKey, EventId> state) {
        AuthState events =
                key -> {
                    EventId id = state.get(key);
                    if (key.equals(StateKey.CREATE)) {
                        return all.getFirst();
                    }
                    return id == null ? null : room.events.get(id);
                };
        return AuthRules.check(event, events, MadeRoom.NO_SIGNATURE_IS_VALID).isAllowed();
    }

    private Map<StateKey, EventId> cited(Event event) {
        Map<StateKey, EventId> cited = new HashMap<>();
        for (EventId id : event.authEvents()) {
            if (!room.rejected.contains(id)) {
                cited.put(room.events.get(id).key(), id);
            }
        }
        return cited;
    }

    private MadeRoom.Draft powerLevels(String sender, List<Event> prev) {
        List<EventId> ids = prev.stream().map(Event::id).toList();
        EventId current = room.stateBefore(ids).get(StateKey.POWER_LEVELS);
        JsonObject content = current == null ? JsonObject.of() : room.events.get(current).content();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            content = altered(content);
        }
        return draft(sender, "m.room.power_levels", "", content, prev);
    }

    private JsonObject altered(JsonObject content) {
        Object level = pick(List.of(0, 10, 50, 75, 100));
        if (!room.version.has(Tweak.INTEGER_POWER_LEVELS) && chance(10)) {
            level = " " + level + " ";
        }
        if (chance(70)) {
            JsonObject users = content.object("users").orElse(JsonObject.of());
            String user = pick(USERS);
            return content.with(
                    "users", chance(10) ? users.without(user) : users.with(user, level));
        }
        if (chance(50)) {
            JsonObject events = content.object("events").orElse(JsonObject.of());
            return content.with(
                    "events",
                    events.with(pick(List.of("m.room.topic", "m.room.power_levels")), level));
        }
        return content.with(
                pick(List.of("state_default", "users_default", "ban", "kick", "invite")), level);
    }

    private MadeRoom.Draft joinRules(String sender, List<Event> prev) {
        List<String> rules = new ArrayList<>(List.of("public", "public", "invite"));
        if (room.version.has(Tweak.KNOCKING)) {
            rules.add("knock");
        }
        if (room.version.has(Tweak.RESTRICTED_JOINS)) {
            rules.add("restricted");
        }
        if (room.version.has(Tweak.KNOCK_RESTRICTED)) {
            rules.add("knock_restricted");
        }
        return draft(
                sender,
                "m.room.join_rules",
                "",
                JsonObject.of("join_rule", pick(rules), "n", random.nextInt()),
                prev);
    }

    private MadeRoom.Draft own(String sender, List<Event> prev) {
        String membership = pick(List.of("join", "join", "join", "leave", "knock"));
        JsonObject content = JsonObject.of("membership", membership, "n", random.nextInt());
        if (membership.equals("join") && chance(20)) {
            content = content.with("join_authorised_via_users_server", pick(USERS));
        }
        return draft(sender, "m.room.member", sender, content, prev);
    }

    private MadeRoom.Draft others(String sender, List<Event> prev) {
        String membership = pick(List.of("invite", "invite", "ban", "leave", "leave"));
        JsonObject content = JsonObject.of("membership", membership, "n", random.nextInt());
        return draft(sender, "m.room.member", pick(USERS), content, prev);
    }

    private MadeRoom.Draft odd(String sender, List<Event> prev) {
        return switch (random.nextInt(5)) {
            case 0 -> draft(sender, "m.room.third_party_invite", "token", nonce("n"), prev);
            case 1 -> draft(sender, "m.room.power_levels", "odd", nonce("n"), prev);
            case 2 -> draft(sender, "m.room.join_rules", "odd", nonce("n"), prev);
            case 3 -> draft(sender, "m.room.aliases", "a.example", nonce("n"), prev);
            default ->
                    draft(
                            sender,
                            "m.room.member",
                            pick(USERS),
                            JsonObject.of(
                                    "membership",
                                    "invite",
                                    "third_party_invite",
                                    JsonObject.of(
                                            "signed",
                                            JsonObject.of("token", "token", "mxid", sender))),
                            prev);
        };
    }

    private MadeRoom.Draft draft(
            String sender,
            String type,
            @Nullable String stateKey,
            JsonObject content,
            List<Event> prev) {
        MadeRoom.Draft draft = new MadeRoom.Draft(sender, type, stateKey, content, prev);
        if (all.size() > 3) {
            draft.timestamp(chance(50) ? random.nextInt(4) : 100L * all.size());
            if (chance(10)) {
                draft.depth(random.nextInt(60));
            }
            if (chance(15)) {
                Map<StateKey, EventId> stale = new HashMap<>(room.stateAfter(pick(all)));
                if (chance(30)) {
                    room.rejected.stream()
                            .map(room.events::get)
                            .filter(Event::isState)
                            .forEach(event -> stale.put(event.key(), event.id()));
                }
                draft.auth(room.selectAuth(draft, stale));
            }
        }
        return draft;
    }

    private JsonObject nonce(String key) {
        return JsonObject.of(key, "" + random.nextInt());
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
