package org.valise.rooms.aggregations;

import org.valise.platform.database.Database;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.EventId;
import org.valise.rooms.aggregations.AggregationStore.Child;
import org.valise.rooms.aggregations.Bundle.ThreadSummary;
import org.valise.rooms.relations.Relation;
import org.valise.rooms.relations.RelationStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Visibility;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Adds up what relates to the events of a response: two queries for all of them, and two more if
/// there are threads among them. Events that nothing relates to cost nothing beyond that.
public final class Aggregations {
    /// How far back to look for a message of a thread that the reader may see.
    private static final int LOOK_BACK = 20;

    /// "If two or more replacement events have identical `origin_server_ts`, the event with the
    /// lexicographically largest `event_id` is treated as more recent."
    private static final Comparator<StoredEvent> RECENCY =
            Comparator.<StoredEvent>comparingLong(edit -> edit.event().originServerTs())
                    .thenComparing(edit -> edit.id().value());

    private final AggregationStore store;
    private final RelationStore relations;
    private final Events events;
    private final Visibility visibility;

    public Aggregations(
            Database database, RelationStore relations, Events events, Visibility visibility) {
        this.store = new AggregationStore(database);
        this.relations = relations;
        this.events = events;
        this.visibility = visibility;
    }

    /// What is bundled with these events, which the reader may see.
    public Bundles of(Collection<StoredEvent> shown, Onlooker reader) {
        // State events do not currently receive bundled aggregations.
        List<StoredEvent> parents =
                new ArrayList<>(shown.stream().filter(event -> !event.isState()).toList());
        if (parents.isEmpty()) {
            return Bundles.NONE;
        }
        Map<Long, Bundle> found = new HashMap<>();
        for (Map.Entry<StoredEvent, ThreadSummary> thread : threads(parents, reader).entrySet()) {
            found.put(thread.getKey().number(), Bundle.NONE.with(thread.getValue()));
            // "Child events of the `latest_event` should themselves be aggregated."
            parents.add(thread.getValue().latest());
        }
        addEditsAndReferences(parents, reader, found);
        return new Bundles(found);
    }

    /// It is not possible to create a thread from an event which itself is the child of an event
    /// relationship: so there are no loops either.
    private Map<StoredEvent, ThreadSummary> threads(List<StoredEvent> parents, Onlooker reader) {
        List<StoredEvent> roots =
                parents.stream().filter(event -> relation(event).isEmpty()).toList();
        if (roots.isEmpty()) {
            return Map.of();
        }
        Map<StoredEvent, ThreadSummary> summaries = new HashMap<>();
        List<AggregationStore.ThreadRow> threads = store.threads(roots, reader);
        Map<Long, StoredEvent> latest =
                load(
                        threads.stream()
                                .map(each -> new Numbered(each.root().room(), each.latest()))
                                .toList());
        for (AggregationStore.ThreadRow thread : threads) {
            newestVisible(thread, latest, reader)
                    .ifPresent(newest ->
                            summaries.put(
                                    thread.root(),
                                    new ThreadSummary(
                                            newest,
                                            thread.count(),
                                            thread.participated()
                                                    || thread.root().sender() == reader.number())));
        }
        return summaries;
    }

    /// Hardly ever another one than the newest: who may see the root joined, or may see the rest.
    private Optional<StoredEvent> newestVisible(
            AggregationStore.ThreadRow thread, Map<Long, StoredEvent> latest, Onlooker reader) {
        StoredEvent newest = latest.get(thread.latest());
        if (newest != null && maySee(newest, reader)) {
            return Optional.of(newest);
        }
        StoredEvent root = thread.root();
        var wanted =
                new RelationStore.Children(
                        root.room(), root.id(), Relation.THREAD, "", false, reader.asOf());
        List<Long> earlier =
                relations.before(wanted, RoomOrder.LAST, LOOK_BACK).stream()
                        .map(RelationStore.Place::number)
                        .toList();
        Map<Long, StoredEvent> known = events.load(root.room(), earlier);
        return earlier.stream()
                .map(known::get)
                .filter(event -> event != null && maySee(event, reader))
                .filter(event -> !reader.ignored().contains(event.sender()))
                .findFirst();
    }

    private void addEditsAndReferences(
            List<StoredEvent> parents, Onlooker reader, Map<Long, Bundle> found) {
        List<Child> children = store.editsAndReferences(parents, reader);
        Map<Long, StoredEvent> loaded =
                load(
                        children.stream()
                                .map(each -> new Numbered(each.parent().room(), each.number()))
                                .toList());
        Map<StoredEvent, List<StoredEvent>> edits = new HashMap<>();
        Map<StoredEvent, List<EventId>> references = new HashMap<>();
        for (Child child : children) {
            StoredEvent event = loaded.get(child.number());
            if (event == null || !maySee(event, reader)) {
                continue;
            }
            if (!child.edit()) {
                references
                        .computeIfAbsent(child.parent(), any -> new ArrayList<>())
                        .add(event.id());
            } else if (mayBeEdited(child.parent()) && isValidEdit(event)) {
                edits.computeIfAbsent(child.parent(), any -> new ArrayList<>()).add(event);
            }
        }
        Set<StoredEvent> related = new HashSet<>(edits.keySet());
        related.addAll(references.keySet());
        for (StoredEvent parent : related) {
            found.merge(
                    parent.number(),
                    new Bundle(
                            edits.getOrDefault(parent, List.of()).stream()
                                    .max(RECENCY)
                                    .orElse(null),
                            null,
                            List.copyOf(references.getOrDefault(parent, List.of()))),
                    (thread, rest) -> new Bundle(rest.edit(), thread.thread(), rest.references()));
        }
    }

    /// If the original event is redacted, any `m.replace` relationship should not be bundled with
    /// it. The original event must not, itself, have a `rel_type` of `m.replace`.
    private static boolean mayBeEdited(StoredEvent parent) {
        return parent.redactedBy() == 0
                && relation(parent).filter(own -> own.is(Relation.REPLACE)).isEmpty();
    }

    /// The author and the type are those of the original: the query saw to it. An encrypted one has
    /// its `m.new_content` inside.
    private static boolean isValidEdit(StoredEvent edit) {
        return !edit.isState()
                && (edit.event().type().equals(EventTypes.ENCRYPTED)
                        || edit.event().content().object("m.new_content").isPresent());
    }

    private static Optional<Relation> relation(StoredEvent event) {
        return Relation.of(event.event().content());
    }

    private boolean maySee(StoredEvent event, Onlooker reader) {
        return visibility.maySee(reader.user(), reader.number(), event);
    }

    private record Numbered(long room, long number) {}

    private Map<Long, StoredEvent> load(List<Numbered> wanted) {
        Map<Long, Set<Long>> byRoom = new HashMap<>();
        wanted.forEach(each ->
                byRoom.computeIfAbsent(each.room(), any -> new HashSet<>()).add(each.number()));
        Map<Long, StoredEvent> loaded = new HashMap<>();
        byRoom.forEach((room, numbers) -> loaded.putAll(events.load(room, numbers)));
        return loaded;
    }
}
