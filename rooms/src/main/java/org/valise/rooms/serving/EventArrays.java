package org.valise.rooms.serving;

import org.valise.platform.http.PieceStream;
import org.valise.platform.http.Reply;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;

/// A JSON object whose members are arrays of events, made while it is sent.
public final class EventArrays implements Iterator<byte[]> {
    private final JsonObject others;
    private final Iterator<Section> sections;
    private final Rendering rendering;
    private Section current = Section.NONE;
    private boolean begun;
    private boolean inArray;
    private boolean first = true;
    private boolean ended;

    /// A member of the object.
    ///
    /// @param events some at a time
    /// @param shown what is shown of some
    public record Section(
            String name,
            Iterator<List<StoredEvent>> events,
            UnaryOperator<List<StoredEvent>> shown) {
        static final Section NONE = new Section("", List.<List<StoredEvent>>of().iterator());

        /// All of them.
        public Section(String name, Iterator<List<StoredEvent>> events) {
            this(name, events, UnaryOperator.identity());
        }

        private boolean hasNext() {
            return events.hasNext();
        }

        private List<StoredEvent> next() {
            return shown.apply(events.next());
        }
    }

    /// How an event is written.
    @FunctionalInterface
    public interface Rendering {
        /// The event's JSON.
        Rendering WHOLE = (event, out) -> out.raw(event.event().bytes());

        /// Its id.
        Rendering IDS = (event, out) -> out.string(event.id().value());

        void write(StoredEvent event, JsonBuffer out);
    }

    /// @param others the other members of the object
    public EventArrays(JsonObject others, List<Section> sections, Rendering rendering) {
        this.others = others;
        this.sections = sections.iterator();
        this.rendering = rendering;
    }

    public Reply reply() {
        return Reply.stream("application/json", new PieceStream(this), -1);
    }

    @Override
    public boolean hasNext() {
        return !ended;
    }

    @Override
    public byte[] next() {
        if (ended) {
            throw new NoSuchElementException();
        }
        JsonBuffer out = new JsonBuffer(64 << 10);
        if (!begun) {
            begin(out);
            begun = true;
        }
        write(out);
        return out.toBytes();
    }

    private void begin(JsonBuffer out) {
        byte[] object = Json.write(others);
        out.raw(object, 0, object.length - 1).ascii(others.isEmpty() ? "" : ",");
    }

    private void write(JsonBuffer out) {
        if (current.hasNext()) {
            for (StoredEvent event : current.next()) {
                out.ascii(first ? "" : ",");
                rendering.write(event, out);
                first = false;
            }
        } else if (sections.hasNext()) {
            out.ascii(inArray ? "]," : "");
            current = sections.next();
            out.string(current.name()).ascii(":[");
            inArray = true;
            first = true;
        } else {
            out.ascii(inArray ? "]}" : "}");
            ended = true;
        }
    }
}
