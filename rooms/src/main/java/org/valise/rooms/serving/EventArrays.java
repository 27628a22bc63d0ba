package org.valise.rooms.serving;

import org.valise.platform.http.Reply;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.timeline.StoredEvent;

import java.io.InputStream;
import java.util.Iterator;
import java.util.List;

/// A JSON object whose members are arrays of events, made while it is sent.
public final class EventArrays extends InputStream {
    private final Iterator<Section> sections;
    private final Rendering rendering;
    private byte[] bytes;
    private int at;
    private Section current = Section.NONE;
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
        JsonBuffer out = new JsonBuffer();
        this.bytes = out.utf8(head).toBytes();
        this.sections = sections.iterator();
        this.rendering = rendering;
    }

    public Reply reply() {
        return Reply.stream("application/json", this, -1);
    }

    @Override
    public int read() {
        return fill() ? bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, into, offset, count);
        at += count;
        return count;
    }

    /// @return false if nothing is left
    private boolean fill() {
        while (at == bytes.length) {
            if (ended) {
                return false;
            }
            JsonBuffer out = new JsonBuffer(64 << 10);
            next(out);
            bytes = out.toBytes();
            at = 0;
        }
        return true;
    }

    private void next(JsonBuffer out) {
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
