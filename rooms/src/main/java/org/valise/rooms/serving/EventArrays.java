package org.valise.rooms.serving;

import org.valise.platform.http.PieceStream;
import org.valise.platform.http.Reply;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/// A JSON object whose members are arrays of events, made while it is sent.
public final class EventArrays implements Iterator<byte[]> {
    private final String head;
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
    public record Section(String name, Iterator<List<StoredEvent>> events) {
        static final Section NONE = new Section("", List.<List<StoredEvent>>of().iterator());
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

    /// @param head the object's beginning: a brace, and members that end with a comma
    public EventArrays(String head, List<Section> sections, Rendering rendering) {
        this.head = head;
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
            out.utf8(head);
            begun = true;
        }
        write(out);
        return out.toBytes();
    }

    private void write(JsonBuffer out) {
        if (current.events().hasNext()) {
            for (StoredEvent event : current.events().next()) {
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
