package org.valise.devices.backup;

import org.valise.rooms.rendering.JsonBuffer;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;

/// The JSON of all keys of a backup, page by page: `{"rooms":{…:{"sessions":{…}}}}`.
final class AllKeys implements Iterator<byte[]> {
    /// The keys after a session of a room.
    private final BiFunction<String, String, List<BackedUpKey>> pages;

    private String lastRoom = "";
    private String lastSession = "";
    private boolean begun;
    private boolean ended;

    AllKeys(BiFunction<String, String, List<BackedUpKey>> pages) {
        this.pages = pages;
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
        JsonBuffer out = new JsonBuffer(1 << 16);
        List<BackedUpKey> page = pages.apply(lastRoom, lastSession);
        for (BackedUpKey key : page) {
            begin(key.room(), out);
            out.string(key.session()).ascii(":");
            key.render(out);
            lastSession = key.session();
        }
        if (page.isEmpty()) {
            ended = true;
            out.ascii(begun ? "}}}}" : "{\"rooms\":{}}");
        }
        return out.toBytes();
    }

    /// What stands before a key of this room.
    private void begin(String room, JsonBuffer out) {
        if (room.equals(lastRoom)) {
            out.ascii(",");
            return;
        }
        out.ascii(begun ? "}}," : "{\"rooms\":{").string(room).ascii(":{\"sessions\":{");
        lastRoom = room;
        begun = true;
    }
}
