package org.valise.bench.chat;

import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What came of a [ChatRun].
///
/// @param window first send to last acknowledgement, in seconds
/// @param tenths acknowledgements a second in each tenth of the time in which sends began
public record ChatFigures(
        String load,
        int users,
        int rooms,
        double window,
        Ledger.Tally tally,
        Map<String, Integer> sendErrors,
        double eventsPerSecond,
        double deliveriesPerSecond,
        double[] tenths,
        Syncs syncs,
        int mostInFlight,
        Quantiles send,
        Quantiles sendToSync,
        List<Cost> costs) {

    /// The long polls.
    ///
    /// @param limited timelines with a gap: what is left out there counts as missing
    public record Syncs(long count, long bytes, long errors, long limited) {}

    public boolean isCorrect() {
        return tally.isCorrect();
    }

    public JsonObject json() {
        JsonObject.Builder costsByName = JsonObject.builder();
        costs.forEach(cost -> costsByName.put(cost.name(), cost.json()));
        return JsonObject.builder()
                .put("load", load)
                .put("users", users)
                .put("rooms", rooms)
                .put("window_seconds", window)
                .put("sent", tally.sent())
                .put("acknowledged", tally.acknowledged())
                .put("send_errors", sendErrors)
                .put("events_per_second", eventsPerSecond)
                .put("expected", tally.expected())
                .put("deliveries", tally.deliveries())
                .put("deliveries_per_second", deliveriesPerSecond)
                .put("missing", tally.missing())
                .put("duplicated", tally.duplicated())
                .put("misrouted", tally.misrouted())
                .put("correct", isCorrect())
                .put("acknowledged_per_second_by_tenth", tenthsJson())
                .put("syncs", syncs.count)
                .put("sync_bytes", syncs.bytes)
                .put("sync_errors", syncs.errors)
                .put("limited_timelines", syncs.limited)
                .put("most_sends_in_flight", mostInFlight)
                .put("send_ms", send.json())
                .put("send_to_sync_ms", sendToSync.json())
                .put("cost", costsByName.build())
                .build();
    }

    private JsonArray tenthsJson() {
        return JsonArray.of(Arrays.stream(tenths).boxed().toList());
    }

    /// For people.
    public String text() {
        StringBuilder text = new StringBuilder();
        line(text, "%s, %d users syncing, %d rooms, %.1f s", load, users, rooms, window);
        line(
                text,
                "  sent %,d  acknowledged %,d  %.1f events/s  at most %d in flight  errors %s",
                tally.sent(),
                tally.acknowledged(),
                eventsPerSecond,
                mostInFlight,
                sendErrors);
        line(
                text,
                "  deliveries %,d of %,d (%.0f/s)  missing %d  duplicated %d  misrouted %d",
                tally.deliveries(),
                tally.expected(),
                deliveriesPerSecond,
                tally.missing(),
                tally.duplicated(),
                tally.misrouted());
        line(
                text,
                "  syncs %,d  %.1f KiB each  with a gap %d  errors %d",
                syncs.count,
                syncs.bytes / 1024.0 / Math.max(syncs.count, 1),
                syncs.limited,
                syncs.errors);
        line(text, "  send          %s", send);
        line(text, "  send to sync  %s", sendToSync);
        costs.forEach(cost -> line(text, "  %s", cost));
        if (!isCorrect()) {
            line(text, "  NOT CORRECT: not every member saw every message exactly once");
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
