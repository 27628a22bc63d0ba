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
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The events of a large answer, on disk until they are looked at: in memory are only their ids and
/// what each refers to.
final class EventSpool implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final RoomVersion version;
    private final Path path;
    private final FileChannel file;
    private final OutputStream out;
    private final Map<EventId, Entry> entries = new LinkedHashMap<>();

    /// Each id once, however many events refer to it.
    private final Map<EventId, EventId> ids = new HashMap<>();

    private long length;

    private record Entry(EventId id, List<EventId> authEvents, long offset, int length) {}

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
        EventId id = known(event.id());
        if (entries.containsKey(id)) {
            return;
        }
        byte[] bytes = event.bytes();
        out.write(bytes);
        entries.put(
                id,
                new Entry(
                        id,
                        event.authEvents().stream().map(this::known).toList(),
                        length,
                        bytes.length));
        length += bytes.length;
    }

    private EventId known(EventId id) {
        EventId before = ids.putIfAbsent(id, id);
        return before == null ? id : before;
    }

    boolean has(EventId id) {
        return entries.containsKey(id);
    }

    int size() {
        return entries.size();
    }

    /// Everything that was added can be read from now on.
    void complete() throws IOException {
        out.flush();
    }

    List<Event> read(Collection<EventId> wanted) throws IOException {
        List<Event> events = new ArrayList<>(wanted.size());
        for (EventId id : wanted) {
            Entry entry = Objects.requireNonNull(entries.get(id));
            ByteBuffer bytes = ByteBuffer.allocate(entry.length());
            while (bytes.hasRemaining()) {
                if (file.read(bytes, entry.offset() + bytes.position()) < 0) {
                    throw new IOException("the file has lost its end");
                }
            }
            events.add(Event.ofStored(version, id, bytes.array()));
        }
        return events;
    }

    /// The ids, each after those of its auth events. If some refer to each other in a circle, which
    /// only ids that are no hashes can, they come in any order.
    ///
    /// @param create the create event, which not all name that follow it
    List<EventId> authEventsFirst(EventId create) {
        List<EventId> sorted = new ArrayList<>(entries.size());
        Set<EventId> begun = new HashSet<>();
        Set<EventId> done = new HashSet<>();
        Deque<EventId> open = new ArrayDeque<>();
        List<EventId> all = new ArrayList<>(entries.size() + 1);
        all.add(create);
        all.addAll(entries.keySet());
        for (EventId each : all) {
            open.push(each);
            while (!open.isEmpty()) {
                EventId next = open.peek();
                if (begun.add(next)) {
                    for (EventId auth : Objects.requireNonNull(entries.get(next)).authEvents()) {
                        if (entries.containsKey(auth) && !begun.contains(auth)) {
                            open.push(auth);
                        }
                    }
                } else {
                    open.pop();
                    if (done.add(next)) {
                        sorted.add(next);
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
