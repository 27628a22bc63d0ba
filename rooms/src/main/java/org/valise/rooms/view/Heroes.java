package org.valise.rooms.view;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.rooms.members.Membership;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Whom a room without a name is named after.
///
/// Spec: client-server API, `/sync`, `m.heroes`: "the first 5 members of the room, ordered by
/// stream ordering, which are joined or invited. The list must never include the client's own user
/// ID. When no joined or invited members are available, this should consist of the banned and left
/// users."
public final class Heroes {
    private static final int MOST = 5;
    private static final int CACHED = 20_000;
    private static final int LOADED_AT_ONCE = 50;

    /// Above that many, events are taken in the order of their numbers, which is that of the stream
    /// but for what several nodes wrote at the same time.
    private static final int MAX_ORDERED = 2_000;

    private final Events events;

    /// By snapshot, for all readers: one more of each kind than are shown.
    private final Cache<Long, Candidates> known = Caffeine.newBuilder().maximumSize(CACHED).build();

    public Heroes(Events events) {
        this.events = events;
    }

    /// @param key the number of the member event's state key
    /// @param event the number of the member event
    public record Hero(String user, long key, long event) {}

    private record Candidates(List<Hero> present, List<Hero> gone) {}

    /// @param self the reader, who is none
    public List<Hero> of(long room, StateSnapshot state, String self) {
        Candidates candidates =
                Objects.requireNonNull(known.get(state.number(), any -> find(room, state)));
        List<Hero> present = others(candidates.present, self);
        return present.isEmpty() ? others(candidates.gone, self) : present;
    }

    private static List<Hero> others(List<Hero> heroes, String self) {
        return heroes.stream().filter(hero -> !hero.user.equals(self)).limit(MOST).toList();
    }

    private Candidates find(long room, StateSnapshot state) {
        List<Hero> present = new ArrayList<>();
        List<Hero> gone = new ArrayList<>();
        List<Long> ordered = ordered(room, state);
        for (int from = 0; from < ordered.size() && present.size() <= MOST; ) {
            int to = Math.min(from + LOADED_AT_ONCE, ordered.size());
            List<Long> some = ordered.subList(from, to);
            Map<Long, StoredEvent> loaded = events.load(room, some);
            for (long number : some) {
                StoredEvent member = Objects.requireNonNull(loaded.get(number));
                List<Hero> kind = isPresent(member) ? present : gone;
                String user = member.event().stateKey();
                if (user != null && kind.size() <= MOST) {
                    kind.add(new Hero(user, member.key(), number));
                }
            }
            from = to;
        }
        return new Candidates(List.copyOf(present), List.copyOf(gone));
    }

    private List<Long> ordered(long room, StateSnapshot state) {
        List<Long> numbers = new ArrayList<>();
        state.forEachMember((key, number) -> numbers.add(number));
        if (numbers.size() > MAX_ORDERED) {
            return numbers.stream().sorted().toList();
        }
        return events.store()
                .inStreamOrder(room, numbers.stream().mapToLong(Long::longValue).toArray());
    }

    private static boolean isPresent(StoredEvent member) {
        Membership membership = Membership.of(member.event().content()).orElse(Membership.LEAVE);
        return membership == Membership.JOIN || membership == Membership.INVITE;
    }
}
