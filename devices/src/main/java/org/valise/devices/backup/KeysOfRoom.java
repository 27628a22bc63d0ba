package org.valise.devices.backup;

import org.valise.rooms.rendering.JsonBuffer;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// The JSON of a room's keys, page by page: `{"sessions":{…}}`.
final class KeysOfRoom implements Supplier<byte[]> {
    /// The keys after a session.
    private final Function<String, List<BackedUpKey>> pages;

    private String last = "";
    private String separator = "{\"sessions\":{";
    private boolean ended;

    KeysOfRoom(Function<String, List<BackedUpKey>> pages) {
        this.pages = pages;
    }

    @Override
    public byte[] get() {
        JsonBuffer out = new JsonBuffer(1 << 16);
        if (ended) {
            return out.toBytes();
        }
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
