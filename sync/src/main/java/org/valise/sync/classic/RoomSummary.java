package org.valise.sync.classic;

import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.Membership;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a client needs to name a room whose members it has not loaded.
///
/// Spec: client-server API, `/sync`, "RoomSummary".
final class RoomSummary {
    private static final int MAX_HEROES = 5;

    /// How many members to look at for heroes at most: in a large room without a name there are
    /// enough among the first.
    private static final int MAX_LOOKED_AT = 60;

    private final Events events;
    private final StateKeys keys;

    RoomSummary(Events events, StateKeys keys) {
        this.events = events;
        this.keys = keys;
    }

    void render(RoomView view, SyncRequest request, long asOf, JsonBuffer out) {
        StateSnapshot state = view.stateAt(asOf);
        MemberCounts members = view.membersAt(asOf);
        out.ascii("{");
        // Required if the room's `m.room.name` or `m.room.canonical_alias` events are unset or
        // empty.
        if (!names(view, state, EventTypes.NAME, "name")
                && !names(view, state, EventTypes.CANONICAL_ALIAS, "alias")) {
            out.ascii("\"m.heroes\":[");
            List<String> heroes = heroes(view, state, request.reader().user().value());
            for (int i = 0; i < heroes.size(); i++) {
                out.ascii(i == 0 ? "" : ",").string(heroes.get(i));
            }
            out.ascii("],");
        }
        out.ascii("\"m.joined_member_count\":").number(members.joined());
        out.ascii(",\"m.invited_member_count\":").number(members.invited()).ascii("}");
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

    /// The first members that are joined or invited, else those that have been; the reader is none.
    private List<String> heroes(RoomView view, StateSnapshot state, String self) {
        List<Long> numbers = new ArrayList<>();
        state.forEachMember((key, number) -> numbers.add(number));
        List<Long> first = numbers.stream().sorted().limit(MAX_LOOKED_AT).toList();
        Map<Long, StoredEvent> loaded = events.load(view.room().number(), first);
        List<String> present = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        for (long number : first) {
            StoredEvent member = loaded.get(number);
            String user = member == null ? null : member.event().stateKey();
            if (member == null || user == null || user.equals(self)) {
                continue;
            }
            Membership membership =
                    Membership.of(member.event().content()).orElse(Membership.LEAVE);
            (membership == Membership.JOIN || membership == Membership.INVITE ? present : gone)
                    .add(user);
        }
        List<String> heroes = present.isEmpty() ? gone : present;
        return heroes.subList(0, Math.min(heroes.size(), MAX_HEROES));
    }
}
