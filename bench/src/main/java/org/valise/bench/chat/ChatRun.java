package org.valise.bench.chat;

import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.client.RequestFailed;
import org.valise.bench.machine.ProcessGroup;
import org.valise.bench.machine.Processes;
import org.valise.bench.machine.Target;
import org.valise.bench.machine.Usage;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Everybody long-polls while messages are sent, to each room in turn and in each room by its
/// members in turn; then it waits until every member has seen every acknowledged message.
public final class ChatRun {
    private static final Duration POLLS_HANG = Duration.ofSeconds(1);
    private static final Duration LATE_DUPLICATES = Duration.ofMillis(500);
    private static final int TENTHS = 10;

    private final Population population;
    private final ChatPlan plan;
    private final Ledger ledger;
    private final List<MatrixClient> sending;
    private final Listeners listeners;
    private final Processes machine = Processes.ofThisMachine();
    private final List<ProcessGroup> processes = new ArrayList<>();

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostInFlight = new AtomicInteger();
    private final Samples sendTimes = new Samples(); // guarded by this, as is what follows
    private final Map<String, Integer> sendErrors = new TreeMap<>();
    private final int[] acknowledgedInTenth = new int[TENTHS];
    private long lastAcknowledged;
    private long begin;

    private ChatRun(List<? extends Target> nodes, Population population, ChatPlan plan) {
        this.population = population;
        this.plan = plan;
        this.ledger = new Ledger(Long.toString(System.nanoTime(), 36), population.rooms());
        this.sending = clients(nodes);
        this.listeners = new Listeners(clients(nodes), population.accounts(), ledger);
        // A database that they share counts once.
        nodes.stream()
                .flatMap(node -> node.processes().stream())
                .distinct()
                .forEach(processes::add);
        processes.add(new ProcessGroup("generator", ProcessHandle.current().pid()));
    }

    public static ChatFigures run(Target target, Population population, ChatPlan plan)
            throws IOException {
        return run(List.of(target), population, plan);
    }

    /// The load is spread over several nodes of one server: each sender stays with one of them, and
    /// so does each listener.
    public static ChatFigures run(
            List<? extends Target> nodes, Population population, ChatPlan plan) throws IOException {
        return new ChatRun(nodes, population, plan).run();
    }

    private static List<MatrixClient> clients(List<? extends Target> nodes) {
        return nodes.stream().map(node -> new MatrixClient(node.uri(), null)).toList();
    }

    private ChatFigures run() throws IOException {
        try {
            listeners.start(plan.timeline());
            sleep(POLLS_HANG);
            List<Usage> before = machine.usages(processes);
            begin = System.nanoTime();
            switch (plan.loop()) {
                case ChatPlan.Closed closed -> closed(closed.senders());
                case ChatPlan.Open open -> open(open.perSecond());
            }
            awaitDeliveries();
            List<Usage> after = machine.usages(processes);
            Duration wall = Duration.ofNanos(System.nanoTime() - begin);
            sleep(LATE_DUPLICATES);
            return figures(before, after, wall);
        } finally {
            for (MatrixClient client : sending) {
                client.close();
            }
            listeners.stop();
        }
    }

    private void closed(int senders) throws IOException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
            int sender = i;
            threads.add(
                    Thread.startVirtualThread(() -> {
                        for (int turn = 0; elapsed() < plan.window().toNanos(); turn++) {
                            send(sender + turn * senders, System.nanoTime());
                        }
                    }));
        }
        Parallel.await(threads);
    }

    private void open(double perSecond) throws IOException {
        List<Thread> threads = new ArrayList<>();
        double gap = 1e9 / perSecond;
        for (int i = 0; i * gap < plan.window().toNanos(); i++) {
            int turn = i;
            long due = begin + (long) (i * gap);
            sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
            threads.add(Thread.startVirtualThread(() -> send(turn, due)));
        }
        Parallel.await(threads);
    }

    /// @param start from when its latency counts
    private void send(int turn, long start) {
        int index = turn % population.rooms().size();
        Population.Room room = population.rooms().get(index);
        int member = turn / population.rooms().size() % room.members().size();
        Account sender = population.accounts().get(room.members().get(member));
        Ledger.Entry entry = ledger.enter(index, start);
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try {
            sending.get(turn % sending.size()).send(sender, room.id(), entry.body());
            acknowledged(entry.number(), start, System.nanoTime());
        } catch (IOException | RequestFailed e) {
            failed(String.valueOf(e.getMessage()));
        } finally {
            inFlight.decrementAndGet();
        }
    }

    private void acknowledged(int number, long start, long now) {
        ledger.acknowledge(number);
        synchronized (this) {
            sendTimes.add(now - start);
            lastAcknowledged = Math.max(lastAcknowledged, now - begin);
            long tenth = (now - begin) * TENTHS / plan.window().toNanos();
            if (tenth < TENTHS) {
                acknowledgedInTenth[(int) tenth]++;
            }
        }
    }

    private synchronized void failed(String why) {
        sendErrors.merge(why, 1, Integer::sum);
    }

    private void awaitDeliveries() throws IOException {
        long end = System.nanoTime() + plan.drain().toNanos();
        while (ledger.owed() > 0 && System.nanoTime() < end) {
            sleep(Duration.ofMillis(10));
        }
    }

    private synchronized ChatFigures figures(List<Usage> before, List<Usage> after, Duration wall) {
        Ledger.Tally tally = ledger.tally();
        List<Cost> costs = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            costs.add(
                    Cost.between(
                            before.get(i),
                            after.get(i),
                            wall,
                            tally.acknowledged(),
                            tally.deliveries()));
        }
        double[] tenths = new double[TENTHS];
        for (int i = 0; i < TENTHS; i++) {
            tenths[i] = acknowledgedInTenth[i] * TENTHS / (plan.window().toNanos() / 1e9);
        }
        double window = lastAcknowledged / 1e9;
        double delivering = Math.max(0, tally.lastDelivery() - begin) / 1e9;
        return new ChatFigures(
                plan.loop().toString(),
                population.accounts().size(),
                population.rooms().size(),
                window,
                tally,
                Map.copyOf(sendErrors),
                window == 0 ? 0 : tally.acknowledged() / window,
                delivering == 0 ? 0 : tally.deliveries() / delivering,
                tenths,
                new ChatFigures.Syncs(
                        listeners.syncs.sum(),
                        listeners.bytes.sum(),
                        listeners.errors.sum(),
                        listeners.limited.sum()),
                mostInFlight.get(),
                sendTimes.quantiles(),
                ledger.latencies(),
                costs);
    }

    private long elapsed() {
        return System.nanoTime() - begin;
    }

    private static void sleep(Duration time) throws IOException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
