package org.valise.sync.classic;

import org.valise.protocol.filter.Filter;
import org.valise.protocol.json.Json;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.StoredEvent;

/// Renders an event as the filter wants it: in its `event_format`, and as far as its `event_fields`
/// go.
final class EventProjections {
    private EventProjections() {}

    static void render(
            EventRenderer renderer,
            StoredEvent event,
            Reader reader,
            Filter filter,
            Bundles bundles,
            JsonBuffer out) {
        if (filter.eventFormat() == Filter.EventFormat.FEDERATION) {
            // "`federation` will return the raw event as received over federation"
            out.raw(event.event().bytes());
            return;
        }
        if (filter.eventFields().isAll()) {
            renderer.renderWithoutRoom(event, reader, bundles, out);
            return;
        }
        JsonBuffer whole = new JsonBuffer();
        renderer.renderWithoutRoom(event, reader, bundles, whole);
        out.value(filter.eventFields().project(Json.parseObject(whole.toBytes())));
    }
}
