package org.valise.rooms.handshake;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The events of a large answer, on disk until they are looked at: in memory are only their ids and
/// what each refers to.
final class EventSpool implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final RoomVersion version;
    private final Path path;
    private final FileChannel file;
    private final OutputStream out;

    /// Some hundred thousands live through each collection of garbage: few objects for each.
    private final Map<EventId, Entry> entries = new LinkedHashMap<>();

    private long length;
    private int size;

    /// An event, or one that is only referred to as yet.
    private static final class Entry {
        private final EventId id;
        private final int number;
        private Entry[] authEvents = {};
        private long offset;
        private int length;

        Entry(EventId id, int number) {
            this.id = id;
            this.number = number;
        }

        boolean isHere() {
            return length > 0;
        }
    }

    private EventSpool(RoomVersion version, Path path, FileChannel file) {
        this.version = version;
        this.path = path;
        this.file = file;
        this.out = new BufferedOutputStream(Channels.newOutputStream(file), BUFFER);
    }

    static EventSpool open(RoomVersion version) throws IOException {
        // SECURITY: readable by this process's user alone.
        Path path = Files.createTempFile("valise-join-", null);
        return new EventSpool(
                version,
                path,
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /// Keeps an event, unless it is there.
    void add(Event event) throws IOException {
        Entry entry = entry(event.id());
        if (entry.isHere()) {
            return;
        }
        byte[] bytes = event.bytes();
        out.write(bytes);
        entry.authEvents = event.authEvents().stream().map(this::entry).toArray(Entry[]::new);
        entry.offset = length;
        entry.length = bytes.length;
        length += bytes.length;
        size++;
    }

    private Entry entry(EventId id) {
        return entries.computeIfAbsent(id, each -> new Entry(each, entries.size()));
    }

    /// How many events there are.
    int size() {
        return size;
    }

    /// Everything that was added can be read from now on.
    void complete() throws IOException {
        out.flush();
    }

    /// @param wanted ids of events that are here
    List<Event> read(Collection<EventId> wanted) throws IOException {
        List<Event> events = new ArrayList<>(wanted.size());
        for (EventId id : wanted) {
            Entry entry = Objects.requireNonNull(entries.get(id));
            ByteBuffer bytes = ByteBuffer.allocate(entry.length);
            while (bytes.hasRemaining()) {
                if (file.read(bytes, entry.offset + bytes.position()) < 0) {
                    throw new IOException("the file has lost its end");
                }
            }
            events.add(Event.ofStored(version, entry.id, bytes.array()));
        }
        return events;
    }

    /// The ids, each after those of its auth events. If some refer to each other in a circle, which
    /// only ids that are no hashes can, they come in any order.
    ///
    /// @param create the create event, which not all name that follow it
    List<EventId> authEventsFirst(EventId create) {
        List<EventId> sorted = new ArrayList<>(size);
        BitSet begun = new BitSet(entries.size());
        BitSet done = new BitSet(entries.size());
        Deque<Entry> open = new ArrayDeque<>();
        List<Entry> createFirst = new ArrayList<>(entries.size() + 1);
        createFirst.add(entry(create));
        createFirst.addAll(entries.values());
        for (Entry each : createFirst) {
            open.push(each);
            while (!open.isEmpty()) {
                Entry next = open.peek();
                if (!begun.get(next.number)) {
                    begun.set(next.number);
                    for (Entry auth : next.authEvents) {
                        if (!begun.get(auth.number)) {
                            open.push(auth);
                        }
                    }
                } else {
                    open.pop();
                    if (next.isHere() && !done.get(next.number)) {
                        done.set(next.number);
                        sorted.add(next.id);
                    }
                }
            }
        }
        return sorted;
    }

    @Override
    public void close() {
        try (file) {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new IllegalStateException("cannot delete " + path, e);
        }
    }
}
