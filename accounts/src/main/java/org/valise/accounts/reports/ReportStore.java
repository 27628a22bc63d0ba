package org.valise.accounts.reports;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Rows;
import org.valise.platform.database.Tx;
import org.valise.protocol.json.JsonObject;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/// SQL of `accounts.report`.
final class ReportStore {
    // Who reports the same thing again replaces what they said of it.
    private static final String PUT =
            """
            INSERT INTO accounts.report (number, reporter, kind, target, room_id, user_id, reason, reported_at)
            VALUES (nextval('accounts.report_numbers'), ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (reporter, kind, target) DO UPDATE
            SET number = excluded.number, reason = excluded.reason, reported_at = excluded.reported_at
            """;
    private static final String NEWEST =
            """
            SELECT report.number, user_number.user_id AS reporter, kind, target, room_id, report.user_id, reason, reported_at
            FROM accounts.report JOIN accounts.user_number ON user_number.number = report.reporter
            WHERE report.number < ? ORDER BY report.number DESC LIMIT ?
            """;

    /// A report as administrators see it.
    record Listed(long number, JsonObject json) {}

    void put(Tx tx, long reporter, Report report, String reason, Instant now) {
        switch (report) {
            case Report.OfEvent event ->
                    put(
                            tx,
                            reporter,
                            "event",
                            event.event().value(),
                            event.room().value(),
                            event.sender().value(),
                            reason,
                            now);
            case Report.OfRoom room ->
                    put(
                            tx,
                            reporter,
                            "room",
                            room.room().value(),
                            room.room().value(),
                            null,
                            reason,
                            now);
            case Report.OfUser user ->
                    put(
                            tx,
                            reporter,
                            "user",
                            user.user().value(),
                            null,
                            user.user().value(),
                            reason,
                            now);
        }
    }

    private static void put(
            Tx tx,
            long reporter,
            String kind,
            String target,
            @Nullable String room,
            @Nullable String user,
            String reason,
            Instant now) {
        tx.update(PUT, reporter, kind, target, room, user, reason, now);
    }

    List<Listed> newest(Tx tx, long before, int limit) {
        return tx.query(NEWEST, ReportStore::listed, before, limit);
    }

    private static Listed listed(ResultSet row) throws SQLException {
        String kind = row.getString("kind");
        long number = row.getLong("number");
        Instant at = Objects.requireNonNull(Rows.instant(row, "reported_at"));
        return new Listed(
                number,
                JsonObject.builder()
                        .put("id", number)
                        .put("kind", kind)
                        .put("reporter", row.getString("reporter"))
                        .putIfPresent("room_id", row.getString("room_id"))
                        .putIfPresent(
                                "event_id", kind.equals("event") ? row.getString("target") : null)
                        .putIfPresent("user_id", row.getString("user_id"))
                        .put("reason", row.getString("reason"))
                        .put("reported_ts", at.toEpochMilli())
                        .build());
    }
}
