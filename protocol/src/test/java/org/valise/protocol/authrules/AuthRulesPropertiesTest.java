package org.valise.protocol.authrules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Keys;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// What holds for every event in every room, tried on many random ones.
final class AuthRulesPropertiesTest {

    private static final int ROOMS = 600;
    private static final long SEED = 20_261_101;

    @ParameterizedTest
    @EnumSource
    void neverThrows(RoomVersion version) {
        rooms(
                version,
                SEED,
                ROOMS,
                (room, state, event) ->
                        assertThatCode(
                                        () -> {
                                            check(event, state);
                                            AuthRules.checkAuthEvents(
                                                    event,
                                                    room.anything(),
                                                    id -> id.hashCode() % 7 == 0);
                                        })
                                .as(() -> event.json() + " in " + json(state))
                                .doesNotThrowAnyException());
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void neverThrowsForManySeeds(RoomVersion version) {
        for (long seed = 0; seed < 20; seed++) {
            rooms(version, seed, 10_000, (room, state, event) -> check(event, state));
        }
    }

    @ParameterizedTest
    @EnumSource
    void asksForNoStateButWhatItSaidItNeeds(RoomVersion version) {
        rooms(
                version,
                SEED,
                ROOMS,
                (room, state, event) -> {
                    AuthState known = AuthState.of(state);
                    Set<StateKey> asked = new HashSet<>();
                    AuthRules.check(
                            event,
                            key -> {
                                asked.add(key);
                                return known.get(key);
                            },
                            Keys.VERIFIER);
                    assertThat(AuthRules.needs(event)).containsAll(asked);
                });
    }

    @ParameterizedTest
    @EnumSource
    void authEventsThatWereSelectedPassAndDecideLikeTheState(RoomVersion version) {
        rooms(
                version,
                SEED,
                ROOMS,
                (room, state, event) -> {
                    AuthState known = AuthState.of(state);
                    Event create = known.get(StateKey.CREATE);
                    if (create == null || !create.roomId().equals(event.roomId())) {
                        return;
                    }
                    List<Event> selected =
                            AuthRules.authEventKeys(event).stream()
                                    .map(known::get)
                                    .filter(Objects::nonNull)
                                    .toList();
                    assertThat(AuthRules.checkAuthEvents(event, selected, id -> false).rule())
                            .isEqualTo(AuthRule.AUTH_EVENTS_ALLOWED);
                    List<Event> withCreate = new ArrayList<>(selected);
                    withCreate.add(create);
                    assertThat(check(event, withCreate)).isEqualTo(check(event, state));
                });
    }

    @ParameterizedTest
    @EnumSource
    void whoeverIsNotInTheRoomChangesNothingButMemberships(RoomVersion version) {
        rooms(
                version,
                SEED,
                ROOMS,
                (room, state, event) -> {
                    Event member = AuthState.of(state).get(StateKey.member(event.sender()));
                    boolean exempt =
                            event.type().equals("m.room.member")
                                    || (event.type().equals("m.room.aliases")
                                            && !version.has(Tweak.NO_ALIASES_RULES));
                    if (!exempt && Membership.of(member) != Membership.JOIN) {
                        assertThat(check(event, state).isAllowed()).isFalse();
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void moreLevelNeverAllowsLess(RoomVersion version) {
        rooms(
                version,
                SEED,
                ROOMS,
                (room, state, event) -> {
                    if (check(event, state).isAllowed()) {
                        assertThat(check(event, promoted(version, state, event)))
                                .as(() -> event.json() + " in " + json(state))
                                .matches(AuthResult::isAllowed);
                    }
                });
    }

    /// The state in which the sender of the event has a level above all others.
    private static List<Event> promoted(RoomVersion version, List<Event> state, Event event) {
        List<Event> promoted = new ArrayList<>();
        for (Event each : state) {
            if (!each.isState("m.room.power_levels", "")) {
                promoted.add(each);
                continue;
            }
            JsonObject users = each.content().object("users").orElse(JsonObject.of());
            promoted.add(
                    new Events(version)
                            .state(
                                    "m.room.power_levels",
                                    each.content()
                                            .with(
                                                    "users",
                                                    users.with(
                                                            event.sender().value(),
                                                            Long.MAX_VALUE))));
        }
        return promoted;
    }

    @ParameterizedTest
    @EnumSource
    void nobodyGivesTakesOrChangesALevelAboveTheirOwn(RoomVersion version) {
        AtomicInteger allowed = new AtomicInteger();
        rooms(
                version,
                SEED,
                4 * ROOMS,
                (room, state, any) -> {
                    AuthState known = AuthState.of(state);
                    Event current = known.get(StateKey.POWER_LEVELS);
                    if (current == null) {
                        return;
                    }
                    Event change = room.change(current.content());
                    if (check(change, state).isAllowed()) {
                        allowed.incrementAndGet();
                        Event create = Objects.requireNonNull(known.get(StateKey.CREATE));
                        long own = known.powerLevels(version, create).userLevel(change.sender());
                        assertChangesUpTo(
                                own,
                                flat(version, current.content()),
                                flat(version, change.content()));
                    }
                });
        assertThat(allowed).hasValueGreaterThan(100);
    }

    private static void assertChangesUpTo(
            long own, Map<String, Long> before, Map<String, Long> after) {
        Set<String> names = new HashSet<>(before.keySet());
        names.addAll(after.keySet());
        names.removeIf(name -> Objects.equals(before.get(name), after.get(name)));
        for (String name : names) {
            assertThat(before.getOrDefault(name, own)).as(name).isLessThanOrEqualTo(own);
            assertThat(after.getOrDefault(name, own)).as(name).isLessThanOrEqualTo(own);
        }
    }

    /// All levels of a `m.room.power_levels` event by one name each.
    private static Map<String, Long> flat(RoomVersion version, JsonObject content) {
        Map<String, Long> levels = new HashMap<>();
        boolean notifications = version.has(Tweak.NOTIFICATION_LEVELS_CHECKED);
        for (String entries :
                notifications
                        ? List.of("events", "users", "notifications")
                        : List.of("events", "users")) {
            content.object(entries)
                    .orElse(JsonObject.of())
                    .forEach((name, value) -> put(levels, entries + " " + name, version, value));
        }
        for (String single : RandomRoom.LEVELS) {
            put(levels, single, version, content.get(single));
        }
        return levels;
    }

    private static void put(
            Map<String, Long> levels, String name, RoomVersion version, @Nullable JsonValue value) {
        Long level = value == null ? null : LevelValue.parse(version, value);
        if (level != null) {
            levels.put(name, level);
        }
    }

    private interface Property {
        void holds(RandomRoom room, List<Event> state, Event event);
    }

    private static void rooms(RoomVersion version, long seed, int count, Property property) {
        RandomRoom room = new RandomRoom(version, new SplittableRandom(seed));
        for (int i = 0; i < count; i++) {
            property.holds(room, room.state(), room.event());
        }
    }

    private static AuthResult check(Event event, List<Event> state) {
        return AuthRules.check(event, AuthState.of(state), Keys.VERIFIER);
    }

    private static String json(List<Event> events) {
        return events.stream().map(Event::json).toList().toString();
    }
}
