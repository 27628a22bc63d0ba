package org.valise.rooms.spaces;

import org.valise.platform.http.Caller;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.summaries.RemoteRooms;
import org.valise.rooms.summaries.RemoteRooms.RemoteRoom;
import org.valise.rooms.summaries.RoomSummaries;
import org.valise.rooms.summaries.RoomSummaries.Told;
import org.valise.rooms.summaries.RoomSummaries.ToldElsewhere;
import org.valise.rooms.summaries.RoomSummary;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Loads what somebody is told of a space and of what it holds.
public final class SpaceTree {
    /// SECURITY: anybody can make spaces of spaces; so many rooms are looked at for one request, so
    /// many are asked for elsewhere, for so long.
    private static final int MAX_ROOMS = 5_000;

    private static final int MAX_ASKED = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final RoomSummaries summaries;
    private final RemoteRooms remote;
    private final SpaceLinks links;

    public SpaceTree(RoomSummaries summaries, RemoteRooms remote, SpaceLinks links) {
        this.summaries = summaries;
        this.remote = remote;
        this.links = links;
    }

    /// One room of the tree.
    ///
    /// @param content its summary
    /// @param links its children as it names them, whether they can be shown or not
    record Node(RoomId room, JsonObject content, List<SpaceChild> links, List<Node> below) {}

    /// One who looks at a space.
    ///
    /// @param asking what other servers may be asked
    private record Walk(Caller reader, boolean suggestedOnly, RemoteRooms.Asking asking) {}

    /// The rooms of a space depth first, the space itself first; empty if the reader may not know
    /// of it. Blocks while other servers are asked.
    ///
    /// @param maxDepth how many levels below the space
    List<Node> walk(Caller reader, RoomId root, int maxDepth, boolean suggestedOnly) {
        Walk walk = new Walk(reader, suggestedOnly, remote.asking(MAX_ASKED, PATIENCE));
        List<ServerName> origin = root.originServer().map(List::of).orElse(List.of());
        Node top = nodes(walk, Map.of(root, origin)).get(root);
        if (top == null) {
            return List.of();
        }
        Set<RoomId> met = new HashSet<>(Set.of(root));
        List<Node> level = List.of(top);
        for (int depth = 0; depth < maxDepth && !level.isEmpty(); depth++) {
            level = below(walk, level, met);
        }
        return depthFirst(top);
    }

    /// Loads the children of a level, and hangs each below the first room that names it.
    private List<Node> below(Walk walk, List<Node> level, Set<RoomId> met) {
        Map<RoomId, Node> parents = new LinkedHashMap<>();
        Map<RoomId, List<ServerName>> via = new LinkedHashMap<>();
        for (Node parent : level) {
            for (SpaceChild link : parent.links()) {
                if (met.size() < MAX_ROOMS && met.add(link.room())) {
                    parents.put(link.room(), parent);
                    via.put(link.room(), link.via());
                }
            }
        }
        Map<RoomId, Node> found = nodes(walk, via);
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

    /// Those of the rooms that the reader may know of.
    ///
    /// @param wanted with the servers to ask for those that nobody here is in
    private Map<RoomId, Node> nodes(Walk walk, Map<RoomId, List<ServerName>> wanted) {
        Map<RoomId, Node> nodes = new HashMap<>();
        Collection<Told> told = summaries.told(wanted.keySet(), walk.reader()).values();
        List<RoomSummary> local = told.stream().map(Told::summary).toList();
        Map<Long, List<SpaceChild>> children = links.of(local, walk.suggestedOnly());
        for (RoomSummary room : local) {
            nodes.put(
                    room.room().id(),
                    new Node(
                            room.room().id(),
                            room.content(),
                            children.getOrDefault(room.room().number(), List.of()),
                            new ArrayList<>()));
        }
        Set<RoomId> here = summaries.here(wanted.keySet()).keySet();
        List<RemoteRoom> elsewhere = new ArrayList<>();
        wanted.forEach((room, via) -> {
            if (!here.contains(room)) {
                walk.asking().find(room, via).ifPresent(elsewhere::add);
            }
        });
        for (ToldElsewhere each : summaries.told(elsewhere, walk.reader())) {
            nodes.put(each.room().id(), node(each.room(), walk.suggestedOnly()));
        }
        return nodes;
    }

    private static Node node(RemoteRoom room, boolean suggestedOnly) {
        List<SpaceChild> links =
                room.links().stream()
                        .flatMap(link -> SpaceChild.ofStripped(link).stream())
                        .filter(child -> !suggestedOnly || child.isSuggested())
                        .sorted(SpaceChild.ORDER)
                        .toList();
        return new Node(room.id(), room.content(), links, new ArrayList<>());
    }
}
