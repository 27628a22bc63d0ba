package org.valise.bench.chat;

import org.jspecify.annotations.Nullable;
import org.valise.bench.client.Account;
import org.valise.bench.client.HttpAnswer;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.client.RequestFailed;
import org.valise.bench.client.SyncAnswer;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Every account's long poll, one virtual thread and one connection each.
final class Listeners {
    private static final Duration LONG_POLL = Duration.ofSeconds(30);

    final LongAdder syncs = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder errors = new LongAdder();
    final LongAdder limited = new LongAdder();

    private final List<MatrixClient> nodes;
    private final List<Account> accounts;
    private final Ledger ledger;
    private final String[] filters;
    private final String[] tokens;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    /// @param nodes of the server; the accounts listen to them in turn
    Listeners(List<MatrixClient> nodes, List<Account> accounts, Ledger ledger) {
        this.nodes = nodes;
        this.accounts = accounts;
        this.ledger = ledger;
        this.filters = new String[accounts.size()];
        this.tokens = new String[accounts.size()];
    }

    /// Everybody's first sync, and then the polls hang.
    void start(int timeline) throws IOException {
        Parallel.run(
                accounts.size(),
                i -> {
                    filters[i] = node(i).uploadFilter(accounts.get(i), timeline);
                    tokens[i] = MatrixClient.read(sync(i, null, Duration.ZERO)).nextBatch();
                });
        for (int i = 0; i < accounts.size(); i++) {
            int account = i;
            threads.add(Thread.startVirtualThread(() -> listen(account)));
        }
    }

    private MatrixClient node(int account) {
        return nodes.get(account % nodes.size());
    }

    private HttpAnswer sync(int account, @Nullable String since, Duration wait) throws IOException {
        return node(account).sync(accounts.get(account), filters[account], since, wait);
    }

    private void listen(int account) {
        String since = tokens[account];
        while (!stopping) {
            try {
                HttpAnswer answer = sync(account, since, LONG_POLL);
                long now = System.nanoTime();
                SyncAnswer read = MatrixClient.read(answer);
                for (SyncAnswer.Message message : read.messages()) {
                    ledger.saw(account, message.room(), message.body(), now);
                }
                since = read.nextBatch();
                syncs.increment();
                bytes.add(answer.body().length);
                limited.add(read.limited());
            } catch (IOException | RequestFailed e) {
                if (!stopping) {
                    errors.increment(); // the same token again: nothing was shown
                    pause();
                }
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(Duration.ofMillis(100));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop() throws IOException {
        stopping = true;
        for (MatrixClient node : nodes) {
            node.close();
        }
        Parallel.await(threads);
    }
}
