package org.valise.rooms.spaces;

import org.valise.platform.http.Caller;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.summaries.RoomSummaries;
import org.valise.rooms.summaries.RoomSummaries.Told;
import org.valise.rooms.summaries.RoomSummary;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/// Loads what somebody is told of a space and of what it holds.
public final class SpaceTree {
    /// SECURITY: anybody can make spaces of spaces; so many rooms are looked at for one request.
    private static final int MAX_ROOMS = 5_000;

    private final RoomSummaries summaries;
    private final StateKeys keys;
    private final Events events;

    public SpaceTree(RoomSummaries summaries, StateKeys keys, Events events) {
        this.summaries = summaries;
        this.keys = keys;
        this.events = events;
    }

    /// One room of the tree.
    ///
    /// @param links its children as it names them, whether they can be shown or not
    record Node(RoomSummary summary, List<SpaceChild> links, List<Node> below) {}

    /// The rooms of a space depth first, the space itself first; empty if the reader may not know
    /// of it.
    ///
    /// @param maxDepth how many levels below the space
    List<Node> walk(Caller reader, RoomId root, int maxDepth, boolean suggestedOnly) {
        Optional<Node> top =
                nodes(summaries.told(List.of(root), reader).values(), suggestedOnly).stream()
                        .findFirst();
        if (top.isEmpty()) {
            return List.of();
        }
        Set<RoomId> met = new HashSet<>(Set.of(root));
        List<Node> level = List.of(top.get());
        for (int depth = 0; depth < maxDepth && !level.isEmpty(); depth++) {
            level = below(reader, level, suggestedOnly, met);
        }
        return depthFirst(top.get());
    }

    /// Loads the children of a level, and hangs each below the first room that names it.
    private List<Node> below(
            Caller reader, List<Node> level, boolean suggestedOnly, Set<RoomId> met) {
        Map<RoomId, Node> parents = new LinkedHashMap<>();
        for (Node parent : level) {
            for (SpaceChild link : parent.links()) {
                if (met.size() < MAX_ROOMS && met.add(link.room())) {
                    parents.put(link.room(), parent);
                }
            }
        }
        Map<RoomId, Node> found = new HashMap<>();
        for (Node node : nodes(summaries.told(parents.keySet(), reader).values(), suggestedOnly)) {
            found.put(node.summary().room().id(), node);
        }
        List<Node> next = new ArrayList<>();
        parents.forEach((room, parent) -> {
            Node node = found.get(room);
            if (node != null) {
                parent.below().add(node);
                next.add(node);
            }
        });
        return next;
    }

    private static List<Node> depthFirst(Node top) {
        List<Node> walked = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>();
        open.push(top);
        while (!open.isEmpty()) {
            Node node = open.pop();
            walked.add(node);
            node.below().reversed().forEach(open::push);
        }
        return walked;
    }

    /// With the links of those that are spaces, in three queries for all of them.
    private List<Node> nodes(Collection<Told> rooms, boolean suggestedOnly) {
        List<RoomSummary> all = rooms.stream().map(Told::summary).toList();
        List<RoomSummary> spaces = all.stream().filter(RoomSummary::isSpace).toList();
        Map<Long, List<Long>> links = links(spaces);
        Map<Long, StoredEvent> loaded = events.load(links);
        List<Node> nodes = new ArrayList<>();
        for (RoomSummary room : all) {
            List<SpaceChild> children =
                    links.getOrDefault(room.room().number(), List.of()).stream()
                            .map(loaded::get)
                            .flatMap(event -> Optional.ofNullable(event).stream())
                            .flatMap(event -> SpaceChild.of(event).stream())
                            .filter(child -> !suggestedOnly || child.isSuggested())
                            .sorted(SpaceChild.ORDER)
                            .toList();
            nodes.add(new Node(room, children, new ArrayList<>()));
        }
        return nodes;
    }

    /// The numbers of the `m.space.child` events of spaces, by room.
    private Map<Long, List<Long>> links(List<RoomSummary> spaces) {
        LongStream.Builder used = LongStream.builder();
        spaces.forEach(space -> space.state().forEachOther((key, event) -> used.add(key)));
        Map<Long, StateKey> names = keys.names(used.build().distinct().toArray());
        Map<Long, List<Long>> links = new HashMap<>();
        for (RoomSummary space : spaces) {
            List<Long> numbers = new ArrayList<>();
            space.state()
                    .forEachOther((key, event) -> {
                        StateKey name = names.get(key);
                        if (name != null && name.type().equals(EventTypes.SPACE_CHILD)) {
                            numbers.add(event);
                        }
                    });
            links.put(space.room().number(), numbers);
        }
        return links;
    }
}
