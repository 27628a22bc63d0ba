package org.valise.rooms.relations;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;
import java.util.function.Function;

/// Which thread an event is part of. Spec: "Threaded read receipts".
public final class ThreadRoots {
    /// "Implementations are encouraged to do a maximum of 3 hops to find a thread before deciding
    /// that the event does not belong to a thread."
    private static final int MAX_HOPS = 3;

    private ThreadRoots() {}

    /// The root of the thread, or empty for the main timeline. "Thread roots are considered to be
    /// in the main timeline, as are events that are related to a thread root via non-thread
    /// relations."
    ///
    /// @param content the event's content
    /// @param contents the content of an event of the same room, null when it is not known
    public static Optional<EventId> rootOf(
            JsonObject content, Function<EventId, @Nullable JsonObject> contents) {
        JsonObject here = content;
        for (int hop = 0; hop <= MAX_HOPS; hop++) {
            JsonObject relation = here.object("m.relates_to").orElse(null);
            if (relation == null) {
                return Optional.empty();
            }
            String type = relation.string("rel_type").orElse(null);
            EventId parent = relation.string("event_id").flatMap(EventId::tryParse).orElse(null);
            if (type == null || parent == null) {
                return Optional.empty();
            }
            if (type.equals("m.thread")) {
                return Optional.of(parent);
            }
            JsonObject next = hop == MAX_HOPS ? null : contents.apply(parent);
            if (next == null) {
                return Optional.empty();
            }
            here = next;
        }
        return Optional.empty();
    }
}
