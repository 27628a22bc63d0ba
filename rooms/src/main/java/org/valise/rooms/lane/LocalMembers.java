package org.valise.rooms.lane;

import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.state.StateSnapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether users of this server are in a room.
final class LocalMembers {
    private static final int CHUNK = 1_000;

    private final RoomWriter.Tools tools;
    private final UnitMemory memory;

    LocalMembers(RoomWriter.Tools tools, UnitMemory memory) {
        this.tools = tools;
        this.memory = memory;
    }

    boolean isAnyJoined(StateSnapshot state) {
        List<Entry> members = new ArrayList<>();
        state.forEachMember((key, event) -> members.add(new Entry(key, event)));
        for (int from = 0; from < members.size(); from += CHUNK) {
            if (isAnyJoined(members.subList(from, Math.min(from + CHUNK, members.size())))) {
                return true;
            }
        }
        return false;
    }

    private record Entry(long key, long event) {}

    private boolean isAnyJoined(List<Entry> members) {
        Map<Long, StateKey> names =
                tools.keys().names(members.stream().mapToLong(Entry::key).toArray());
        List<Long> local =
                members.stream()
                        .filter(member ->
                                Optional.ofNullable(names.get(member.key))
                                        .flatMap(name -> UserId.tryParse(name.key()))
                                        .filter(tools.local())
                                        .isPresent())
                        .map(Entry::event)
                        .toList();
        return memory.events(local).values().stream()
                .anyMatch(event ->
                        Membership.of(event.event().content())
                                .equals(Optional.of(Membership.JOIN)));
    }
}
