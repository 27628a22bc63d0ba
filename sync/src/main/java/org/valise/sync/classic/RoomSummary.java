package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.view.Heroes;
import org.valise.rooms.view.Heroes.Hero;
import org.valise.rooms.view.RoomView;

import java.util.List;

/// What a client needs to name a room whose members it has not loaded.
///
/// Spec: client-server API, `/sync`, "RoomSummary".
///
/// @param heroes null if the room has a name of its own
record RoomSummary(MemberCounts members, @Nullable List<Hero> heroes) {
    private static final List<StateKey> NAMES =
            List.of(
                    new StateKey(EventTypes.NAME, ""),
                    new StateKey(EventTypes.CANONICAL_ALIAS, ""));

    /// Makes summaries.
    static final class Maker {
        private final Events events;
        private final StateKeys keys;
        private final Heroes heroes;

        Maker(Events events, StateKeys keys) {
            this.events = events;
            this.keys = keys;
            this.heroes = new Heroes(events);
        }

        /// @param from the state that the reader has; null for none
        /// @return null if it is what it was then
        @Nullable RoomSummary of(
                RoomView view, @Nullable StateSnapshot from, long asOf, String reader) {
            StateSnapshot state = view.stateAt(asOf);
            if (from != null && isSame(from, state)) {
                return null;
            }
            // Required if the room's `m.room.name` or `m.room.canonical_alias` events are unset or
            // empty.
            boolean named =
                    names(view, state, EventTypes.NAME, "name")
                            || names(view, state, EventTypes.CANONICAL_ALIAS, "alias");
            return new RoomSummary(
                    view.membersAt(asOf),
                    named ? null : heroes.of(view.room().number(), state, reader));
        }

        private boolean isSame(StateSnapshot from, StateSnapshot to) {
            return from == to
                    || from.hasSameMembers(to)
                            && keys.find(NAMES).values().stream()
                                    .allMatch(key -> from.get(key) == to.get(key));
        }

        private boolean names(RoomView view, StateSnapshot state, String type, String field) {
            return keys.find(new StateKey(type, ""))
                    .map(state::get)
                    .filter(number -> number != 0)
                    .map(number -> events.get(view.room().number(), number))
                    .flatMap(event -> event.event().content().string(field))
                    .filter(name -> !name.isEmpty())
                    .isPresent();
        }
    }

    List<Hero> heroesOrNone() {
        List<Hero> known = heroes;
        return known == null ? List.of() : known;
    }

    void render(JsonBuffer out) {
        out.ascii(",\"summary\":{");
        List<Hero> known = heroes;
        if (known != null) {
            out.ascii("\"m.heroes\":[");
            for (int i = 0; i < known.size(); i++) {
                out.ascii(i == 0 ? "" : ",").string(known.get(i).user());
            }
            out.ascii("],");
        }
        out.ascii("\"m.joined_member_count\":").number(members.joined());
        out.ascii(",\"m.invited_member_count\":").number(members.invited()).ascii("}");
    }
}
