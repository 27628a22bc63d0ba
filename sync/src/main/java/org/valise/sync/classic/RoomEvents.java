package org.valise.sync.classic;

import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.OrderToken;

import java.util.List;

/// Renders `timeline` and `state` of a room.
final class RoomEvents {
    private final EventRenderer renderer;

    RoomEvents(EventRenderer renderer) {
        this.renderer = renderer;
    }

    /// @param bundles of the events; only a limited timeline has any
    void renderTimeline(
            RoomTimeline timeline, SyncRequest request, Bundles bundles, JsonBuffer out) {
        out.ascii("\"timeline\":{\"events\":[");
        renderEvents(timeline.events(), request, bundles, out);
        out.ascii("],\"limited\":").ascii(Boolean.toString(timeline.limited()));
        if (timeline.events().isEmpty()) {
            out.ascii(",\"prev_batch\":").string(request.upTo().toString());
        } else {
            StoredEvent first = timeline.events().getFirst();
            if (first.order() != null) {
                out.ascii(",\"prev_batch\":").string(new OrderToken(first.order()).toString());
            }
        }
        out.ascii("}");
    }

    void renderState(List<StoredEvent> state, SyncRequest request, JsonBuffer out) {
        out.ascii(",").string(request.state().key()).ascii(":{\"events\":[");
        renderEvents(state, request, Bundles.NONE, out);
        out.ascii("]}");
    }

    private void renderEvents(
            List<StoredEvent> events, SyncRequest request, Bundles bundles, JsonBuffer out) {
        for (int i = 0; i < events.size(); i++) {
            out.ascii(i == 0 ? "" : ",");
            EventProjections.render(
                    renderer, events.get(i), request.reader(), request.filter(), bundles, out);
        }
    }
}
