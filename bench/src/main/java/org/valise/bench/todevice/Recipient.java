package org.valise.bench.todevice;

import org.jspecify.annotations.Nullable;
import org.valise.bench.client.Account;
import org.valise.bench.client.DeviceMessages;
import org.valise.bench.client.HttpAnswer;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.client.RequestFailed;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A device that syncs: whether each sender's messages come in order, each once, and when.
final class Recipient {
    private static final Duration LONG_POLL = Duration.ofSeconds(30);

    /// Without room data.
    private static final String FILTER = "{\"room\":{\"rooms\":[]}}";

    private final MatrixClient client;
    private final Account account;
    private final long[] last;
    private final List<Long> latencies = new ArrayList<>();
    private String since = "";
    private long delivered;
    private long wrong;
    private volatile boolean stopping;

    /// @param senders are numbered from 0, and so are the messages of each
    Recipient(MatrixClient client, Account account, int senders) {
        this.client = client;
        this.account = account;
        this.last = new long[senders];
    }

    /// What a message says: whose it is, the how manieth of theirs, and when it was sent.
    static String body(int sender, long number, String padding) {
        return sender + " " + number + " " + System.nanoTime() + " " + padding;
    }

    Account account() {
        return account;
    }

    /// Passes over what waits from before.
    void begin() throws IOException {
        DeviceMessages before = MatrixClient.messages(sync(null, Duration.ZERO));
        while (!before.bodies().isEmpty()) {
            before = MatrixClient.messages(sync(before.nextBatch(), Duration.ZERO));
        }
        since = before.nextBatch();
    }

    void listen() {
        while (!stopping) {
            try {
                take(sync(since, LONG_POLL));
            } catch (IOException | RequestFailed e) {
                synchronized (this) {
                    wrong += stopping ? 0 : 1;
                }
            }
        }
    }

    /// Asks once.
    ///
    /// @return how many messages came
    int poll() throws IOException {
        return take(sync(since, Duration.ZERO));
    }

    private HttpAnswer sync(@Nullable String token, Duration wait) throws IOException {
        return client.sync(account, FILTER, token, wait);
    }

    private synchronized int take(HttpAnswer answer) {
        long now = System.nanoTime();
        DeviceMessages messages = MatrixClient.messages(answer);
        for (String body : messages.bodies()) {
            String[] fields = body.split(" ", 4);
            int sender = Integer.parseInt(fields[0]);
            long number = Long.parseLong(fields[1]);
            wrong += number == last[sender] + 1 ? 0 : 1;
            last[sender] = number;
            latencies.add(now - Long.parseLong(fields[2]));
            delivered++;
        }
        since = messages.nextBatch();
        return messages.bodies().size();
    }

    void stop() {
        stopping = true;
    }

    synchronized long delivered() {
        return delivered;
    }

    /// Messages that were missing, doubled or out of order, and syncs that failed.
    synchronized long wrong() {
        return wrong;
    }

    synchronized List<Long> latencies() {
        return List.copyOf(latencies);
    }
}
