package org.valise.devices.todevice;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.devices.todevice.MessageStore.Waiting;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.ChangeReader;
import org.valise.platform.stream.StreamFollower;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/// What waits for devices, and what was delivered to them.
///
/// Spec: client-server API, "Send-to-Device messaging": *When the client calls `/sync` again with
/// the `next_batch` token from the first response, the server should infer that any send-to-device
/// messages in that response have been delivered successfully, and delete them from the store.*
///
/// A device for which nothing waits costs no query.
public final class Inboxes implements StreamFollower, ChangeReader {
    /// *100 messages is recommended as a reasonable limit.*
    static final int MOST_AT_ONCE = 100;

    /// SECURITY: large messages end a response earlier.
    private static final int MOST_CHARS_AT_ONCE = 2 << 20;

    private static final int MAX_INBOXES = 500_000;

    private final MessageStore store;
    private final DeliveredMessages delivered;
    private final Cache<Long, Inbox> inboxes =
            Caffeine.newBuilder().maximumSize(MAX_INBOXES).build();

    Inboxes(MessageStore store, DeliveredMessages delivered) {
        this.store = store;
        this.delivered = delivered;
    }

    /// A part of what waits.
    ///
    /// @param events JSON, oldest first
    /// @param upTo everything that waits up to this position is in it
    public record Delivery(List<String> events, long upTo) {}

    /// The messages after a position and up to another: the oldest of them, if there are many.
    public Delivery read(long user, long device, long after, long upTo) {
        Inbox inbox = inbox(user, device);
        if (after >= upTo || !inbox.hasAfter(after)) {
            return new Delivery(List.of(), upTo);
        }
        return peek(user, device, Math.max(after, inbox.acknowledged()), upTo);
    }

    /// The same, whatever was delivered before, for a device that nobody syncs with.
    public Delivery peek(long user, long device, long after, long upTo) {
        List<Waiting> waiting = store.waiting(user, device, after, upTo, MOST_AT_ONCE + 1);
        int count = 0;
        int chars = 0;
        while (count < Math.min(waiting.size(), MOST_AT_ONCE)
                && (count == 0 || chars < MOST_CHARS_AT_ONCE)) {
            chars += waiting.get(count++).message().length();
        }
        return new Delivery(
                waiting.subList(0, count).stream().map(Waiting::message).toList(),
                count == waiting.size() ? upTo : waiting.get(count - 1).position());
    }

    /// The token that carried everything up to a position came back: it is not needed any more.
    public void acknowledge(long user, long device, long upTo) {
        if (inbox(user, device).acknowledge(upTo)) {
            delivered.delete(user, device, upTo);
        }
    }

    private Inbox inbox(long user, long device) {
        Inbox inbox = Objects.requireNonNull(inboxes.get(device, any -> new Inbox()));
        if (!inbox.isLoaded()) {
            // From here on it hears of every message; what it has missed is in the database.
            inbox.load(store.extent(user, device));
        }
        return inbox;
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof MessageArrived message) {
                Inbox inbox = inboxes.getIfPresent(message.device());
                if (inbox != null) {
                    inbox.arrived(message.position());
                }
            }
        }
    }

    @Override
    public Set<String> tables() {
        return Set.of("devices.to_device_request");
    }

    /// What other nodes wrote.
    @Override
    public List<MessageArrived> read(News news) {
        return store.arrived(news.from(), news.to());
    }
}
