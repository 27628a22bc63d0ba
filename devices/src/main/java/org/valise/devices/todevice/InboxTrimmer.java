package org.valise.devices.todevice;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.devices.todevice.DeviceMessenger.Addressed;
import org.valise.devices.todevice.MessageStore.Recipient;
import org.valise.devices.todevice.MessageStore.Size;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// Holds what waits for absent devices within the [MessageLimits].
///
/// Nobody counts on the way: a device is looked at once some hundreds of messages were added for
/// it, so that it may be that much over its limit.
final class InboxTrimmer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InboxTrimmer.class);
    private static final Duration PAUSE = Duration.ofSeconds(60);
    private static final int MAX_TALLIES = 200_000;

    /// How long a client may take to repeat a request.
    private static final Duration REQUESTS_ARE_KEPT = Duration.ofHours(48);

    /// How long another server may take, to which the answer was lost.
    private static final Duration MESSAGES_ARE_KEPT = Duration.ofDays(30);

    private final MessageStore store;
    private final MessageLimits limits;
    private final int countBetweenLooks;
    private final long bytesBetweenLooks;
    private final Cache<Long, Tally> tallies =
            Caffeine.newBuilder().maximumSize(MAX_TALLIES).build();
    private final Map<Long, Recipient> due = new ConcurrentHashMap<>();
    private final Thread worker = Thread.ofVirtual().name("inbox-trimmer").unstarted(this::work);

    InboxTrimmer(MessageStore store, MessageLimits limits) {
        this.store = store;
        this.limits = limits;
        this.countBetweenLooks = Math.max(1, limits.count() / 100);
        this.bytesBetweenLooks = Math.max(1, limits.bytes() / 100);
    }

    void start() {
        worker.start();
    }

    @Override
    public void close() {
        worker.interrupt();
    }

    void added(Addressed message) {
        Tally tally =
                Objects.requireNonNull(tallies.get(message.to().number(), any -> new Tally()));
        if (tally.isDue(message.json().length())) {
            due.put(message.to().number(), message.to());
        }
    }

    private void work() {
        try {
            while (true) {
                Thread.sleep(PAUSE);
                trim();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Drops what is too old or too much.
    void trim() {
        try {
            store.forgetRequests(REQUESTS_ARE_KEPT, MESSAGES_ARE_KEPT);
            boolean more = true;
            while (more && !Thread.currentThread().isInterrupted()) {
                more = store.expire(limits);
            }
            for (Recipient device : taken()) {
                Size size = store.size(device.userNumber(), device.number());
                if (size.messages() > limits.count() || size.bytes() > limits.bytes()) {
                    store.cut(device.userNumber(), device.number(), limits);
                    LOG.info(
                            "{} messages waited for a device that does not come for them: the"
                                    + " number is cut to {}",
                            size.messages(),
                            limits.count());
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("could not drop old messages, trying again later: {}", e.getMessage());
        }
    }

    private List<Recipient> taken() {
        List<Recipient> taken = new ArrayList<>(due.values());
        taken.forEach(device -> due.remove(device.number()));
        return taken;
    }

    /// What was added for a device since it was looked at.
    private final class Tally {
        private int messages;
        private long bytes;

        synchronized boolean isDue(int length) {
            messages++;
            bytes += length;
            if (messages < countBetweenLooks && bytes < bytesBetweenLooks) {
                return false;
            }
            messages = 0;
            bytes = 0;
            return true;
        }
    }
}
