package org.valise.devices.backup;

import org.valise.rooms.rendering.JsonBuffer;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/// The JSON of a room's keys, page by page: `{"sessions":{…}}`.
final class KeysOfRoom implements Iterator<byte[]> {
    /// The keys after a session.
    private final Function<String, List<BackedUpKey>> pages;

    private String last = "";
    private String separator = "{\"sessions\":{";
    private boolean ended;

    KeysOfRoom(Function<String, List<BackedUpKey>> pages) {
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
        List<BackedUpKey> page = pages.apply(last);
        for (BackedUpKey key : page) {
            out.ascii(separator).string(key.session()).ascii(":");
            key.render(out);
            separator = ",";
            last = key.session();
        }
        if (page.isEmpty()) {
            ended = true;
            out.ascii(separator.equals(",") ? "}}" : separator + "}}");
        }
        return out.toBytes();
    }
}
