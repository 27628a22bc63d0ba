package org.valise.bench.todevice;

import org.valise.bench.chat.Quantiles;
import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.machine.Processes;
import org.valise.bench.machine.Target;
import org.valise.bench.machine.Usage;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;

/// Senders that send to all recipients, each again when it has its answer; recipients that all
/// sync.
public final class ToDeviceRun {
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final Target target;
    private final List<Account> senders;
    private final List<Account> recipients;
    private final String padding;

    /// @param bytes of a message, about
    public ToDeviceRun(Target target, List<Account> senders, List<Account> recipients, int bytes) {
        this.target = target;
        this.senders = senders;
        this.recipients = recipients;
        this.padding = "x".repeat(bytes);
    }

    /// What came of it.
    ///
    /// @param seconds from the first send to the last delivery
    /// @param cpu milliseconds of all processes together
    public record Figures(
            long requests,
            long sent,
            long delivered,
            long wrong,
            double seconds,
            double cpu,
            Quantiles latency) {
        public double deliveredPerSecond() {
            return delivered / seconds;
        }

        public boolean isCorrect() {
            return wrong == 0 && delivered == sent;
        }

        public String text() {
            return String.format(
                    Locale.ROOT,
                    """
                    %,d requests, %,d messages sent, %,d delivered in %.1f s: %,.0f delivered/s
                      send to sync  %s
                      missing, doubled or out of order  %,d
                      CPU           %.3f ms a message, server and database
                    """,
                    requests,
                    sent,
                    delivered,
                    seconds,
                    deliveredPerSecond(),
                    latency,
                    wrong + sent - delivered,
                    cpu / Math.max(1, delivered));
        }

        public JsonObject json() {
            return JsonObject.builder()
                    .put("requests", requests)
                    .put("sent", sent)
                    .put("delivered", delivered)
                    .put("wrong", wrong)
                    .put("delivered_per_second", deliveredPerSecond())
                    .put("cpu_ms_per_message", cpu / Math.max(1, delivered))
                    .put("latency_ms", latency.json())
                    .build();
        }
    }

    public Figures run(Duration time) throws IOException {
        try (MatrixClient polls = new MatrixClient(target.uri(), null);
                MatrixClient client = new MatrixClient(target.uri(), null)) {
            List<Recipient> listening = new ArrayList<>();
            for (Account account : recipients) {
                Recipient recipient = new Recipient(polls, account, senders.size());
                recipient.begin();
                listening.add(recipient);
            }
            listening.forEach(recipient -> Thread.startVirtualThread(recipient::listen));
            double cpu = cpu();
            long begin = System.nanoTime();
            long requests = send(client, begin + time.toNanos());
            long expected = requests * recipients.size();
            drain(listening, expected);
            double seconds = (System.nanoTime() - begin) / 1e9;
            double used = cpu() - cpu;
            listening.forEach(Recipient::stop);
            return new Figures(
                    requests,
                    expected,
                    listening.stream().mapToLong(Recipient::delivered).sum(),
                    listening.stream().mapToLong(Recipient::wrong).sum(),
                    seconds,
                    used,
                    Quantiles.of(
                            listening.stream()
                                    .flatMapToLong(each ->
                                            each.latencies().stream().mapToLong(Long::longValue))
                                    .toArray()));
        }
    }

    /// @return how many requests were answered
    private long send(MatrixClient client, long end) throws IOException {
        AtomicLong requests = new AtomicLong();
        AtomicReference<IOException> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < senders.size(); i++) {
            int sender = i;
            threads.add(
                    Thread.startVirtualThread(() -> {
                        try {
                            for (long number = 1; System.nanoTime() < end; number++) {
                                String body = Recipient.body(sender, number, padding);
                                client.sendToDevices(senders.get(sender), recipients, body);
                                requests.incrementAndGet();
                            }
                        } catch (IOException e) {
                            failure.set(e);
                        }
                    }));
        }
        await(threads);
        IOException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return requests.get();
    }

    private static void drain(List<Recipient> listening, long expected) throws IOException {
        long end = System.nanoTime() + DRAIN.toNanos();
        while (listening.stream().mapToLong(Recipient::delivered).sum() < expected
                && System.nanoTime() < end) {
            pause();
        }
    }

    /// Messages for one device that is not there, and then it comes for them.
    ///
    /// @return what to tell of it
    public String backlog(int count) throws IOException {
        try (MatrixClient client = new MatrixClient(target.uri(), null)) {
            Recipient reader = new Recipient(client, recipients.getFirst(), 1);
            reader.begin();
            for (int number = 1; number <= count; number++) {
                String body = Recipient.body(0, number, padding);
                client.sendToDevices(senders.getFirst(), List.of(reader.account()), body);
            }
            List<Long> pages = new ArrayList<>();
            long begin = System.nanoTime();
            long from = begin;
            while (reader.poll() > 0) {
                long now = System.nanoTime();
                pages.add(now - from);
                from = now;
            }
            return String.format(
                    Locale.ROOT,
                    "backlog of %,d: %,d read in %.1f s, %,d wrong; a page of 100: %s\n",
                    count,
                    reader.delivered(),
                    (System.nanoTime() - begin) / 1e9,
                    reader.wrong(),
                    Quantiles.of(pages.stream().flatMapToLong(LongStream::of).toArray()));
        }
    }

    private double cpu() {
        return Processes.ofThisMachine().usages(target.processes()).stream()
                .map(Usage::cpu)
                .mapToDouble(Duration::toMillis)
                .sum();
    }

    private static void await(List<Thread> threads) throws IOException {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(Duration.ofMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
