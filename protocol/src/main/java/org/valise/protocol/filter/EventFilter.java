package org.valise.protocol.filter;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Set;

/// Which events by type and sender. Spec: `EventFilter`.
public final class EventFilter {
    /// No filter.
    public static final EventFilter ALL = of(new FilterReader(JsonObject.of(), ""));

    private final @Nullable TypePatterns types;
    private final TypePatterns notTypes;
    private final @Nullable Set<String> senders;
    private final Set<String> notSenders;
    private final @Nullable Long limit;

    private EventFilter(
            @Nullable List<String> types,
            @Nullable List<String> notTypes,
            @Nullable List<String> senders,
            @Nullable List<String> notSenders,
            @Nullable Long limit) {
        this.types = types == null ? null : new TypePatterns(types);
        this.notTypes = new TypePatterns(notTypes == null ? List.of() : notTypes);
        this.senders = senders == null ? null : Set.copyOf(senders);
        this.notSenders = notSenders == null ? Set.of() : Set.copyOf(notSenders);
        this.limit = limit;
    }

    public static EventFilter parse(JsonObject json) {
        return of(new FilterReader(json, ""));
    }

    static EventFilter of(FilterReader json) {
        Long limit = json.optionalInteger("limit");
        if (limit != null && limit < 0) {
            throw json.invalid("limit", "must be greater than 0");
        }
        return new EventFilter(
                json.texts("types"),
                json.texts("not_types"),
                json.userIds("senders"),
                json.userIds("not_senders"),
                // NOTSPEC: 0 is out of range, but clients that want no timeline send it.
                limit);
    }

    /// @param sender null for what has none (account data)
    public boolean matches(String type, @Nullable String sender) {
        return admitsType(type) && admitsSender(sender);
    }

    public boolean admitsType(String type) {
        // "A matching type will be excluded even if it is listed in the `types` filter."
        return (types == null || types.matches(type)) && !notTypes.matches(type);
    }

    public boolean admitsSender(@Nullable String sender) {
        if (sender == null) {
            return senders == null;
        }
        return (senders == null || senders.contains(sender)) && !notSenders.contains(sender);
    }

    /// Whether no event can pass, so that nothing needs to be read.
    public boolean admitsNothing() {
        return types != null && types.matchesNothing()
                || notTypes.matchesEverything()
                || senders != null && notSenders.containsAll(senders);
    }

    /// Whether every event passes.
    public boolean admitsEverything() {
        return types == null
                && notTypes.matchesNothing()
                && senders == null
                && notSenders.isEmpty();
    }

    /// "The maximum number of events to return […] Servers should apply a default value, and impose
    /// a maximum value to avoid resource exhaustion."
    public int limit(int unspecified, int maximum) {
        return limit == null ? Math.min(unspecified, maximum) : (int) Math.min(limit, maximum);
    }
}
