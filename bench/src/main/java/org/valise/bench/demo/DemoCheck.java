package org.valise.bench.demo;

import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/// What one would do by hand on the page, unattended: each server goes away in turn while the
/// others talk on, and in the end all three must have every event and the same state.
final class DemoCheck {
    private static final int MESSAGES = 20;

    private final DemoFederation federation;
    private final List<RoomWatch> watches;
    private final Consumer<String> out;
    private final Set<String> acknowledged = new HashSet<>();

    DemoCheck(DemoFederation federation, List<RoomWatch> watches, Consumer<String> out) {
        this.federation = federation;
        this.watches = watches;
        this.out = out;
    }

    /// @throws IllegalStateException at the first thing that is not as it must be
    void run() throws IOException {
        List<Organization> all = federation.organizations();
        talk(all, "good morning", 1);
        converge("all three talk");
        Organization culture = all.get(1);
        without(culture, culture::stop, "stopped");
        Organization diplomacy = all.get(2);
        without(diplomacy, diplomacy::kill, "killed with -9");
        Organization finance = all.getFirst();
        finance.kill();
        culture.kill();
        talk(List.of(diplomacy), "alone", MESSAGES);
        finance.start();
        culture.start();
        converge("two of three were killed");
        talk(all, "good night", 1);
        converge("all three talk again");
    }

    private void without(Organization one, Runnable end, String how) throws IOException {
        end.run();
        List<Organization> others =
                federation.organizations().stream().filter(other -> other != one).toList();
        talk(others, "without " + one.name(), MESSAGES);
        for (Organization other : others) {
            String topic = "Set by " + other.name() + " while " + one.name() + " was away";
            acknowledged.add(federation.setTopic(other, topic));
        }
        one.start();
        converge(one.name() + " was " + how);
        talk(List.of(one), "we are back", 1);
        converge(one.name() + " talks again");
    }

    private void talk(List<Organization> speakers, String what, int times) throws IOException {
        for (int i = 1; i <= times; i++) {
            for (Organization speaker : speakers) {
                acknowledged.add(federation.say(speaker, what + " " + i));
            }
        }
    }

    /// Waits until all have everything and agree.
    private void converge(String after) {
        Duration took;
        try {
            took = Patience.until("all three agree", this::agree);
        } catch (IllegalStateException e) {
            watches.forEach(watch -> out.accept("  " + describe(watch)));
            throw e;
        }
        RoomView view = watches.getFirst().view();
        out.accept(
                String.format(
                        Locale.ROOT,
                        "ok  %-28s all agree after %5.1f s: state %s of %d events, %d sent and"
                                + " everywhere",
                        after,
                        took.toMillis() / 1000.0,
                        view.state(),
                        view.entries(),
                        acknowledged.size()));
    }

    private String describe(RoomWatch watch) {
        RoomView view = watch.view();
        return "%s: state %s of %d events, extremities %s"
                .formatted(
                        watch.organization().name(),
                        view.state(),
                        view.entries(),
                        view.extremities());
    }

    private boolean agree() throws IOException {
        RoomView first = watches.getFirst().view();
        for (RoomWatch watch : watches) {
            if (!watch.view().agreesWith(first)) {
                return false;
            }
        }
        Set<String> there = history(watches.getFirst().organization());
        for (RoomWatch watch : watches) {
            if (!history(watch.organization()).equals(there)) {
                return false;
            }
        }
        return there.containsAll(acknowledged);
    }

    /// The ids of all events of the room, from the newest to the first.
    private Set<String> history(Organization where) throws IOException {
        Set<String> ids = new HashSet<>();
        List<String> from = new ArrayList<>();
        String path =
                "/rooms/" + RoomWatch.encoded(federation.room()) + "/messages?dir=b&limit=200";
        while (true) {
            String more = from.isEmpty() ? "" : "&from=" + RoomWatch.encoded(from.getLast());
            JsonObject page = where.get(where.people().getFirst(), path + more);
            page.array("chunk").orElse(JsonArray.of()).objects().stream()
                    .map(event -> event.string("event_id").orElseThrow())
                    .forEach(ids::add);
            if (page.string("end").isEmpty()) {
                return ids;
            }
            from.add(page.string("end").get());
        }
    }
}
