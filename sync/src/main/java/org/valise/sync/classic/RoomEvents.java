package org.valise.sync.classic;

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

    void renderTimeline(RoomTimeline timeline, SyncRequest request, JsonBuffer out) {
        out.ascii("\"timeline\":{\"events\":[");
        renderEvents(timeline.events(), request, out);
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
        renderEvents(state, request, out);
        out.ascii("]}");
    }

    private void renderEvents(List<StoredEvent> events, SyncRequest request, JsonBuffer out) {
        for (int i = 0; i < events.size(); i++) {
            out.ascii(i == 0 ? "" : ",");
            EventProjections.render(
                    renderer, events.get(i), request.reader(), request.filter(), out);
        }
    }
}
