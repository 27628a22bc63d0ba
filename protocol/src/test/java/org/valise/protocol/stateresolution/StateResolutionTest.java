package org.valise.protocol.stateresolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

class StateResolutionTest {
    @ParameterizedTest
    @EnumSource
    void oneStateIsItsOwnResolution(RoomVersion version) {
        MadeRoom room = topicRace(version).room();
        for (Event event : room.events.values()) {
            assertThat(new Resolving(room).wholeStates(List.of(room.stateAfter(event))))
                    .isEqualTo(room.stateAfter(event));
        }
    }

    @ParameterizedTest
    @EnumSource
    void equalStatesNeedNoEvents(RoomVersion version) {
        Map<StateKey, EventId> state = topicRace(version).states().getFirst();
        assertThat(resolve(version, List.of(state, state, state), id -> null))
                .isEqualTo(new Resolution.Resolved(state));
    }

    @ParameterizedTest
    @EnumSource
    void noStatesResolveToNoState(RoomVersion version) {
        assertThat(resolve(version, List.of(), id -> null))
                .isEqualTo(new Resolution.Resolved(Map.of()));
        assertThat(resolve(version, List.of(Map.of(), Map.of()), id -> null))
                .isEqualTo(new Resolution.Resolved(Map.of()));
    }

    @ParameterizedTest
    @EnumSource
    void moreStatesThanBitsInAWordAreResolved(RoomVersion version) {
        for (long seed = 1; seed <= 5; seed++) {
            RandomRoom random = RandomRoom.of(version, seed);
            List<Map<StateKey, EventId>> states = new ArrayList<>();
            while (states.size() < 70) {
                states.addAll(random.statesOfAFork());
            }
            MadeRoom room = random.room();
            assertThat(new Resolving(room).wholeStates(states))
                    .as("seed %d", seed)
                    .isEqualTo(room.oracle.resolve(states));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V1")
    void asksForEverythingThatIsKnownToBeMissingAtOnce(RoomVersion version) {
        Fixture fixture = topicRace(version);
        Set<EventId> inStates =
                fixture.states().stream()
                        .flatMap(state -> state.values().stream())
                        .collect(Collectors.toSet());
        assertThat(resolve(version, fixture.states(), id -> null))
                .isEqualTo(new Resolution.NeedsEvents(inStates));
    }

    @Test
    void versionOneAsksOnlyForWhatIsInConflictAndWhatThatReads() {
        Fixture fixture = topicRace(RoomVersion.V1);
        Set<EventId> asked = Collections.newSetFromMap(new HashMap<>());
        Resolution first = resolve(RoomVersion.V1, fixture.states(), id -> null);
        asked.addAll(((Resolution.NeedsEvents) first).ids());
        Resolution second =
                resolve(
                        RoomVersion.V1,
                        fixture.states(),
                        id -> asked.contains(id) ? fixture.room().events.get(id) : null);
        asked.addAll(((Resolution.NeedsEvents) second).ids());
        assertThat(fixture.names(keyed(asked, fixture.room())))
                .containsExactly("create", "power", "rules", "bob", "carol", "earlier", "later");
    }

    @Test
    void authEventsInACircleAreRefused() {
        // Only in room versions 1 and 2 can a stranger make these: elsewhere ids are hashes.
        Map<EventId, Event> events = new HashMap<>();
        for (String[] link : new String[][] {{"$a:x", "$b:x"}, {"$b:x", "$a:x"}}) {
            Event event = Event.parse(RoomVersion.V2, circular(link[0], link[1]));
            events.put(event.id(), event);
        }
        StateKey key = new StateKey("m.room.topic", "");
        assertThatThrownBy(() ->
                        resolve(
                                RoomVersion.V2,
                                List.of(
                                        Map.of(key, EventId.parse("$a:x")),
                                        Map.of(key, EventId.parse("$b:x"))),
                                events::get))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesConflictsOfDifferentStateSets() {
        Conflict two = new Conflict(new StateKey("a", ""), 0, 1);
        Conflict three = new Conflict(new StateKey("b", ""), 0, 1, 2);
        assertThatThrownBy(() -> new StateDifference(List.of(two, three), UnconflictedState.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StateDifference(List.of(two, two), UnconflictedState.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ordersEventIdsByCodePoint() {
        String emoji = new String(Character.toChars(0x1F600));
        assertThat(CodePoints.ORDER.compare("$a", "$b")).isNegative();
        assertThat(CodePoints.ORDER.compare("$a", "$aa")).isNegative();
        assertThat(CodePoints.ORDER.compare("$\uFF00", "$" + emoji)).isNegative();
        assertThat(CodePoints.ORDER.compare("$\uD7FF", "$\uE000")).isNegative();
        assertThat(CodePoints.ORDER.compare("$" + emoji, "$" + emoji)).isZero();
    }

    private static Fixture topicRace(RoomVersion version) {
        return Fixture.of(Fixture.read("topic-race"), version);
    }

    private static Resolution resolve(
            RoomVersion version, List<Map<StateKey, EventId>> states, EventLookup known) {
        return StateResolution.resolve(version, states, known, MadeRoom.NO_SIGNATURE_IS_VALID);
    }

    private static Map<StateKey, EventId> keyed(Set<EventId> ids, MadeRoom room) {
        return ids.stream()
                .collect(Collectors.toMap(id -> new StateKey("any", id.value()), id -> id));
    }

    private static JsonObject circular(String id, String cites) {
        return Json.parseObject(
                """
                {"type": "m.room.topic", "state_key": "", "sender": "@a:x", "room_id": "!r:x",
                 "content": {}, "prev_events": [], "auth_events": [["%s", {}]], "depth": 1,
                 "origin_server_ts": 1, "hashes": {}, "signatures": {}, "event_id": "%s"}
                """
                        .formatted(cites, id)
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
