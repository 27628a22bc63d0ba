package org.valise.bench;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.EventTypes;
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
import org.valise.protocol.stateresolution.AuthGraph;
import org.valise.protocol.stateresolution.Conflict;
import org.valise.protocol.stateresolution.NumberedEvents;
import org.valise.protocol.stateresolution.StateDifference;
import org.valise.protocol.stateresolution.UnconflictedState;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/// A large public room, drawn from a fixed seed, that has forked: most of its events are members
/// who come, rename themselves and go, under power levels that change every thousand events. On
/// both sides of the fork members rename themselves; on one side moderators ban while on the other
/// the banned go on, and both sides change power levels, join rules and topic.
final class ForkedRoom {
    private static final UserId ADMIN = UserId.parse("@admin:a.example");
    private static final int MODERATORS = 100;

    final RoomVersion version;
    final AuthGraph graph = new AuthGraph();
    private final Random random = new Random(1);
    private final List<Event> events = new ArrayList<>();
    private final Map<EventId, Integer> numbers = new HashMap<>();
    private Map<StateKey, Integer> state = new HashMap<>();
    private final Map<StateKey, Integer> left;
    private final Map<StateKey, Integer> right;

    ForkedRoom(RoomVersion version, int eventCount, int conflictPercent) {
        this.version = version;
        begin();
        while (events.size() < eventCount) {
            live(events.size());
        }
        Map<StateKey, Integer> before = state;
        int changes = before.size() * conflictPercent / 100;
        left = new HashMap<>(before);
        state = left;
        fork(changes * 6 / 10, true);
        right = new HashMap<>(before);
        state = right;
        fork(changes * 4 / 10, false);
    }

    int eventCount() {
        return events.size();
    }

    int stateSize() {
        return left.size();
    }

    /// All events as they are in memory once they have been used.
    NumberedEvents loaded() {
        return numbered(events);
    }

    /// All events as they come from the database: bytes that nobody has read yet.
    NumberedEvents stored() {
        return numbered(
                events.stream()
                        .map(event -> Event.ofStored(version, event.id(), event.bytes()))
                        .toList());
    }

    /// None: the resolution ends where it knows what it needs.
    static NumberedEvents none() {
        return numbered(List.of());
    }

    private static NumberedEvents numbered(List<Event> events) {
        return new NumberedEvents() {
            @Override
            public @Nullable Event event(int number) {
                return number < events.size() ? events.get(number) : null;
            }

            @Override
            public boolean rejected(int number) {
                return false;
            }
        };
    }

    StateDifference difference() {
        Map<StateKey, Integer> shared = new HashMap<>(left);
        shared.entrySet().retainAll(right.entrySet());
        Set<StateKey> keys = new TreeSet<>(left.keySet());
        keys.addAll(right.keySet());
        keys.removeAll(shared.keySet());
        List<Conflict> conflicts = new ArrayList<>();
        for (StateKey key : keys) {
            conflicts.add(
                    new Conflict(
                            key,
                            left.getOrDefault(key, AuthGraph.NONE),
                            right.getOrDefault(key, AuthGraph.NONE)));
        }
        return new StateDifference(
                conflicts,
                new UnconflictedState() {
                    @Override
                    public int event(StateKey key) {
                        return shared.getOrDefault(key, AuthGraph.NONE);
                    }

                    @Override
                    public void forEach(IntConsumer each) {
                        shared.values().forEach(each::accept);
                    }
                });
    }

    int conflicts() {
        int same = 0;
        for (Map.Entry<StateKey, Integer> entry : left.entrySet()) {
            same += entry.getValue().equals(right.get(entry.getKey())) ? 1 : 0;
        }
        return left.size() + right.size() - 2 * same;
    }

    private void begin() {
        JsonObject create = JsonObject.of("room_version", version.id());
        if (!version.has(Tweak.CREATOR_IS_SENDER)) {
            create = create.with("creator", ADMIN.value());
        }
        add(ADMIN, EventTypes.CREATE, "", create);
        member(ADMIN, ADMIN, "join");
        powerLevels();
        add(ADMIN, EventTypes.JOIN_RULES, "", JsonObject.of("join_rule", "public"));
        for (int i = 0; i < MODERATORS; i++) {
            member(user(i), user(i), "join");
        }
    }

    private void live(int i) {
        UserId someone = user(random.nextInt(i));
        boolean joined = state.containsKey(StateKey.member(someone));
        if (i % 1000 == 0) {
            powerLevels();
        } else if (i % 100 == 0) {
            add(moderator(), EventTypes.TOPIC, "", JsonObject.of("topic", "topic " + i));
        } else if (i % 50 == 0 && joined && !isModerator(someone)) {
            member(someone, someone, "leave");
        } else {
            member(someone, someone, "join");
        }
    }

    private void fork(int changes, boolean bans) {
        powerLevels();
        for (int i = 0; i < changes; i++) {
            UserId someone = user(MODERATORS + random.nextInt(events.size() - MODERATORS));
            if (bans && i % 5 == 0) {
                member(moderator(), someone, "ban");
            } else if (!isBanned(someone)) {
                member(someone, someone, "join");
            }
            if (i % 200 == 100) {
                powerLevels();
            }
        }
        add(moderator(), EventTypes.TOPIC, "", JsonObject.of("topic", "the topic, bans: " + bans));
        add(
                ADMIN,
                EventTypes.JOIN_RULES,
                "",
                JsonObject.of("join_rule", bans ? "invite" : "public", "n", events.size()));
    }

    private boolean isBanned(UserId user) {
        Integer number = state.get(StateKey.member(user));
        return number != null
                && events.get(number).content().string("membership").orElse("").equals("ban");
    }

    private void powerLevels() {
        JsonObject.Builder users = JsonObject.builder();
        if (!version.has(Tweak.PRIVILEGED_CREATORS)) {
            users.put(ADMIN.value(), 100);
        }
        for (int i = 0; i < MODERATORS; i++) {
            users.put(user(i).value(), 50);
        }
        add(
                ADMIN,
                EventTypes.POWER_LEVELS,
                "",
                JsonObject.of("users", users.build(), "n", events.size()));
    }

    private static UserId user(int i) {
        return UserId.parse("@user" + i + ":server" + i % 97 + ".example");
    }

    private UserId moderator() {
        return user(random.nextInt(MODERATORS));
    }

    private static boolean isModerator(UserId user) {
        return Integer.parseInt(user.localpart().substring("user".length())) < MODERATORS;
    }

    private void member(UserId sender, UserId member, String membership) {
        add(
                sender,
                EventTypes.MEMBER,
                member.value(),
                JsonObject.of("membership", membership, "displayname", "Name " + events.size()));
    }

    private void add(UserId sender, String type, String key, JsonObject content) {
        EventBuilder builder =
                EventBuilder.of(version)
                        .type(type)
                        .stateKey(key)
                        .sender(sender)
                        .content(content)
                        .depth(events.size() + 1)
                        .originServerTs(1_700_000_000_000L + 1000L * events.size());
        List<EventId> auth =
                AuthRules.authEventKeys(version, type, key, sender, content).stream()
                        .flatMap(cited -> Stream.ofNullable(state.get(cited)))
                        .map(number -> events.get(number).id())
                        .toList();
        builder.authEvents(auth);
        if (!events.isEmpty()) {
            builder.prevEvents(List.of(events.getLast().id()));
        }
        if (!version.has(Tweak.ROOM_ID_IS_HASH)) {
            builder.roomId(RoomId.parse("!room:a.example"));
        } else if (!events.isEmpty()) {
            builder.roomId(events.getFirst().roomId());
        }
        if (!version.has(Tweak.EVENT_ID_IS_HASH)) {
            builder.eventId(EventId.parse("$" + events.size() + ":a.example"));
        }
        Event event = builder.sign(UNSIGNED);
        int number =
                graph.add(AuthGraph.Kind.of(event), auth.stream().mapToInt(numbers::get).toArray());
        events.add(event);
        numbers.put(event.id(), number);
        state.put(event.key(), number);
    }

    /// Nothing here looks at signatures.
    private static final Signer UNSIGNED =
            new Signer() {
                @Override
                public ServerName server() {
                    return ServerName.parse("a.example");
                }

                @Override
                public KeyId keyId() {
                    return KeyId.ed25519("none");
                }

                @Override
                public byte[] sign(byte[] message) {
                    return new byte[64];
                }
            };
}
