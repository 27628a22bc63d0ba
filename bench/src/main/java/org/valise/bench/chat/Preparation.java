package org.valise.bench.chat;

import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Makes the accounts and rooms of a [Shape], and says how fast each step went.
public final class Preparation {
    private final MatrixClient client;
    private final Consumer<String> report;
    private final String prefix = "bench" + Long.toString(System.currentTimeMillis(), 36);

    public Preparation(MatrixClient client, Consumer<String> report) {
        this.client = client;
        this.report = report;
    }

    public Population prepare(Shape shape) throws IOException {
        Account[] accounts = new Account[shape.accounts()];
        step(
                "registrations",
                shape.accounts(),
                i -> accounts[i] = client.register(prefix + "-" + i));
        Population.Room[] made = new Population.Room[shape.rooms()];
        step(
                "rooms",
                shape.rooms(),
                i -> {
                    List<Integer> members = shape.membersOf(i);
                    String name = "benchmark room " + i;
                    String id = client.createRoom(accounts[members.getFirst()], name);
                    made[i] = new Population.Room(id, members);
                });
        List<Population.Room> rooms = List.of(made);
        // In turn over the rooms: as few as possible into one room at a time.
        step(
                "joins",
                shape.rooms() * (shape.members() - 1),
                i -> {
                    Population.Room room = rooms.get(i % shape.rooms());
                    int member = room.members().get(1 + i / shape.rooms());
                    client.join(accounts[member], room.id());
                });
        step(
                "messages",
                shape.rooms() * shape.messages(),
                i -> {
                    Population.Room room = rooms.get(i % shape.rooms());
                    int turn = i / shape.rooms() % shape.members();
                    client.send(accounts[room.members().get(turn)], room.id(), "in advance " + i);
                });
        return new Population(Arrays.asList(accounts), rooms);
    }

    private void step(String what, int count, Parallel.Step step) throws IOException {
        if (count == 0) {
            return;
        }
        long begin = System.nanoTime();
        Parallel.run(count, step);
        double seconds = (System.nanoTime() - begin) / 1e9;
        report.accept(
                String.format(
                        Locale.ROOT,
                        "%-13s %,8d in %.1f s: %.0f/s",
                        what,
                        count,
                        seconds,
                        count / seconds));
    }
}
