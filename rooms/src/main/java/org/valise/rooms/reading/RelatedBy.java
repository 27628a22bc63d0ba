package org.valise.rooms.reading;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.UserNumbers;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.rooms.relations.RelationStore;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The part of a filter that asks what relates to an event: `related_by_senders` and
/// `related_by_rel_types`. One query for a number of events.
public final class RelatedBy {
    private final RelationStore relations;
    private final UserNumbers users;

    public RelatedBy(RelationStore relations, UserNumbers users) {
        this.relations = relations;
        this.users = users;
    }

    /// Which of these events, all of one room, the filter admits.
    public Predicate<StoredEvent> among(Collection<StoredEvent> events, RoomEventFilter filter) {
        if (!filter.asksForRelations() || events.isEmpty()) {
            return event -> true;
        }
        List<EventId> ids = events.stream().map(StoredEvent::id).toList();
        Set<EventId> admitted =
                relations.related(
                        events.iterator().next().room(),
                        ids,
                        numbers(filter.relatedBySenders()),
                        filter.relatedByRelTypes());
        return event -> admitted.contains(event.id());
    }

    private @Nullable Collection<Long> numbers(@Nullable List<String> senders) {
        return senders == null
                ? null
                : users.find(
                                senders.stream()
                                        .map(UserId::tryParse)
                                        .flatMap(Optional::stream)
                                        .toList())
                        .values();
    }
}
