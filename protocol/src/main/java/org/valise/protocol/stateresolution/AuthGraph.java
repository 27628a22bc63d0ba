package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// The `auth_events` links of one room as numbers: events are numbered in topological order, so
/// every link goes from a higher number to a lower one and a sweep over an array replaces every
/// recursive walk. Only events that can appear in a state or in an auth chain need a number.
///
/// It only grows; a reader must not run while an event is added.
public final class AuthGraph {
    /// Stands for "no event" wherever an event's number is expected.
    public static final int NONE = -1;

    /// What the walks must know of an event without loading it.
    public enum Kind {
        CREATE,
        POWER_LEVELS,
        OTHER;

        public static Kind of(Event event) {
            return of(event.type(), event.stateKey());
        }

        public static Kind of(String type, @Nullable String stateKey) {
            if (!"".equals(stateKey)) {
                return OTHER;
            }
            return switch (type) {
                case EventTypes.CREATE -> CREATE;
                case EventTypes.POWER_LEVELS -> POWER_LEVELS;
                default -> OTHER;
            };
        }
    }

    private int size;
    private int create = NONE;

    /// The links of event `i` are `links[ends[i - 1]]` to `links[ends[i] - 1]`.
    private int[] ends;

    private int[] links;

    /// The power levels event among the auth events of each event; [#NONE] if it cites none.
    private int[] powerLevels;

    private final BitSet powerLevelsEvents = new BitSet();

    public AuthGraph() {
        this(64);
    }

    public AuthGraph(int expectedEvents) {
        ends = new int[expectedEvents];
        powerLevels = new int[expectedEvents];
        links = new int[4 * expectedEvents];
    }

    /// Gives the next number to an event whose auth events all have theirs.
    public int add(Kind kind, int... authEvents) {
        int number = size;
        for (int authEvent : authEvents) {
            if (authEvent < 0 || authEvent >= number) {
                throw new IllegalArgumentException(
                        "auth event " + authEvent + " of event " + number + " is not numbered yet");
            }
        }
        reserve(number + 1, start(number) + authEvents.length);
        System.arraycopy(authEvents, 0, links, start(number), authEvents.length);
        ends[number] = start(number) + authEvents.length;
        powerLevels[number] = firstPowerLevels(authEvents);
        if (kind == Kind.POWER_LEVELS) {
            powerLevelsEvents.set(number);
        } else if (kind == Kind.CREATE && create == NONE) {
            create = number;
        }
        size = number + 1;
        return number;
    }

    public int size() {
        return size;
    }

    /// The room's create event: the first that was added; [#NONE] before that.
    public int create() {
        return create;
    }

    /// The numbers of the auth events of an event, in the event's own order.
    public int[] authEvents(int event) {
        return Arrays.copyOfRange(links, start(event), ends[event]);
    }

    /// The power levels event among the auth events of an event, or [#NONE].
    int powerLevels(int event) {
        return powerLevels[event];
    }

    /// The auth difference: "take every event that doesn't appear in every auth chain". What all
    /// states share counts for each of them, so `common` is the start of a chain that is in every
    /// full auth chain.
    ///
    /// An event's chains are a word, a bit for each state. There is no limit to the number of
    /// states: an event is in the difference if for any state the answer is not that of the first
    /// state, so that each further word holds the first state again.
    ///
    /// @param states for each state its events other than the common ones
    BitSet authDifference(List<int[]> states, UnconflictedState common) {
        BitSet difference = new BitSet(size);
        int others = Long.SIZE - 1;
        for (int from = 1; from < states.size(); from += others) {
            List<int[]> compared = new ArrayList<>();
            compared.add(states.getFirst());
            compared.addAll(states.subList(from, Math.min(states.size(), from + others)));
            addDifference(compared, common, difference);
        }
        return difference;
    }

    private void addDifference(List<int[]> states, UnconflictedState common, BitSet difference) {
        long every = -1L >>> (Long.SIZE - states.size());
        long[] chains = new long[size];
        common.forEach(event -> markLinks(chains, event, every));
        for (int state = 0; state < states.size(); state++) {
            for (int event : states.get(state)) {
                markLinks(chains, event, 1L << state);
            }
        }
        for (int event = size - 1; event >= 0; event--) {
            long in = chains[event];
            if (in != 0) {
                markLinks(chains, event, in);
                if (in != every) {
                    difference.set(event);
                }
            }
        }
    }

    private void markLinks(long[] chains, int event, long in) {
        for (int link = start(event), end = ends[event]; link < end; link++) {
            chains[links[link]] |= in;
        }
    }

    /// The given events and every event on a path of auth links from one of them to another: the
    /// conflicted state subgraph, if these are the conflicted events.
    BitSet between(BitSet events) {
        BitSet between = new BitSet(size);
        if (events.isEmpty()) {
            return between;
        }
        int lowest = events.nextSetBit(0);
        BitSet reached = withChains(events, lowest);
        for (int event = reached.nextSetBit(0); event >= 0; event = reached.nextSetBit(event + 1)) {
            if (events.get(event) || linksInto(between, event)) {
                between.set(event);
            }
        }
        return between;
    }

    /// The given events and their auth chains, as far as these are not numbered below `lowest`.
    BitSet withChains(BitSet events, int lowest) {
        BitSet reached = (BitSet) events.clone();
        for (int event = reached.length() - 1;
                event >= lowest;
                event = event == 0 ? NONE : reached.previousSetBit(event - 1)) {
            for (int link = start(event), end = ends[event]; link < end; link++) {
                if (links[link] >= lowest) {
                    reached.set(links[link]);
                }
            }
        }
        return reached;
    }

    private boolean linksInto(BitSet events, int event) {
        for (int link = start(event), end = ends[event]; link < end; link++) {
            if (events.get(links[link])) {
                return true;
            }
        }
        return false;
    }

    private int firstPowerLevels(int[] authEvents) {
        for (int authEvent : authEvents) {
            if (powerLevelsEvents.get(authEvent)) {
                return authEvent;
            }
        }
        return NONE;
    }

    private int start(int event) {
        return event == 0 ? 0 : ends[event - 1];
    }

    private void reserve(int events, int linkCount) {
        if (events > ends.length) {
            int capacity = Math.max(events, ends.length * 2);
            ends = Arrays.copyOf(ends, capacity);
            powerLevels = Arrays.copyOf(powerLevels, capacity);
        }
        if (linkCount > links.length) {
            links = Arrays.copyOf(links, Math.max(linkCount, links.length * 2));
        }
    }
}
