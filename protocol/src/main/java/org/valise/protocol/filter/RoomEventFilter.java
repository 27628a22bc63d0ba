package org.valise.protocol.filter;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Set;

/// Which events of rooms. Spec: `RoomEventFilter`.
public final class RoomEventFilter {
    /// No filter.
    public static final RoomEventFilter ALL = parse(JsonObject.of());

    private final EventFilter events;
    private final RoomSelection rooms;
    private final boolean unreadThreadNotifications;
    private final boolean lazyLoadMembers;
    private final boolean includeRedundantMembers;
    private final @Nullable Boolean containsUrl;
    private final @Nullable Set<String> relTypes;
    private final Set<String> notRelTypes;
    private final @Nullable List<String> relatedBySenders;
    private final @Nullable List<String> relatedByRelTypes;

    private RoomEventFilter(FilterReader json) {
        this.events = EventFilter.of(json);
        this.rooms = RoomSelection.of(json);
        this.unreadThreadNotifications = json.flag("unread_thread_notifications");
        this.lazyLoadMembers = json.flag("lazy_load_members");
        this.includeRedundantMembers = json.flag("include_redundant_members");
        this.containsUrl = json.optionalFlag("contains_url");
        // NOTSPEC: MSC3874 (an event's own relation) and MSC3440 (relations of others to it), which
        // Element's clients use.
        List<String> wanted = json.texts("org.matrix.msc3874.rel_types");
        List<String> unwanted = json.texts("org.matrix.msc3874.not_rel_types");
        this.relTypes = wanted == null ? null : Set.copyOf(wanted);
        this.notRelTypes = unwanted == null ? Set.of() : Set.copyOf(unwanted);
        this.relatedBySenders = json.userIds("related_by_senders");
        this.relatedByRelTypes = json.texts("related_by_rel_types");
    }

    public static RoomEventFilter parse(JsonObject json) {
        return of(new FilterReader(json, ""));
    }

    static RoomEventFilter of(FilterReader json) {
        return new RoomEventFilter(json);
    }

    /// Everything that the event itself can answer; [#relatedBySenders] and [#relatedByRelTypes]
    /// are left to who can look for the events that relate to it.
    public boolean matches(Event event) {
        if (events.admitsEverything() && rooms.admitsEverything() && !asksForContent()) {
            return true; // the event need not be parsed for that
        }
        return matches(
                event.roomId().value(), event.type(), event.sender().value(), event.content());
    }

    public boolean matches(
            String roomId, String type, @Nullable String sender, JsonObject content) {
        return events.matches(type, sender)
                && rooms.admits(roomId)
                && (containsUrl == null || containsUrl == content.has("url"))
                && admitsRelation(content);
    }

    private boolean admitsRelation(JsonObject content) {
        if (relTypes == null && notRelTypes.isEmpty()) {
            return true;
        }
        String relType =
                content.object("m.relates_to")
                        .flatMap(relation -> relation.string("rel_type"))
                        .orElse(null);
        if (relType == null) {
            return relTypes == null;
        }
        return (relTypes == null || relTypes.contains(relType)) && !notRelTypes.contains(relType);
    }

    /// Types, senders and limit.
    public EventFilter events() {
        return events;
    }

    public boolean admitsRoom(String roomId) {
        return rooms.admits(roomId);
    }

    /// Whether every event of every room passes, also those that the caller would have to ask
    /// relations for.
    public boolean admitsEverything() {
        return events.admitsEverything()
                && rooms.admitsEverything()
                && containsUrl == null
                && relTypes == null
                && notRelTypes.isEmpty()
                && !asksForRelations();
    }

    public boolean admitsNothing() {
        return events.admitsNothing() || rooms.admitsNothing();
    }

    public int limit(int unspecified, int maximum) {
        return events.limit(unspecified, maximum);
    }

    /// Whether the event's content must be read to decide.
    public boolean asksForContent() {
        return containsUrl != null || relTypes != null || !notRelTypes.isEmpty();
    }

    public boolean asksForRelations() {
        return relatedBySenders != null || relatedByRelTypes != null;
    }

    /// Only events that one of these users sent a relation to; null for all events.
    public @Nullable List<String> relatedBySenders() {
        return relatedBySenders;
    }

    /// Only events that there is a relation of one of these types to; null for all events.
    public @Nullable List<String> relatedByRelTypes() {
        return relatedByRelTypes;
    }

    /// "If `true`, enables per-thread notification counts. Only applies to the `/sync` endpoint."
    public boolean unreadThreadNotifications() {
        return unreadThreadNotifications;
    }

    public boolean lazyLoadMembers() {
        return lazyLoadMembers;
    }

    /// "Does not apply unless `lazy_load_members` is `true`."
    public boolean includeRedundantMembers() {
        return lazyLoadMembers && includeRedundantMembers;
    }
}
