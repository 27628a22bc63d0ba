package org.valise.rooms.aggregations;

import org.jspecify.annotations.Nullable;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Map;

/// What is bundled with the events of one response.
public final class Bundles {
    public static final Bundles NONE = new Bundles(Map.of());

    private final Map<Long, Bundle> byEvent;

    /// @param byEvent by the events' numbers
    Bundles(Map<Long, Bundle> byEvent) {
        this.byEvent = byEvent;
    }

    /// Null for most events: nothing relates to them.
    public @Nullable Bundle of(StoredEvent event) {
        return byEvent.get(event.number());
    }
}
