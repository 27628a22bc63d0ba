package org.valise.accounts.reports;

import org.valise.accounts.reports.ReportStore.Listed;
import org.valise.platform.database.Database;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.time.Clock;
import java.util.List;

/// The reports of users, for administrators to look at.
public final class Reports {
    private static final int LONGEST_REASON = 4_000;

    private final Database database;
    private final Clock clock;
    private final ReportStore store = new ReportStore();

    public Reports(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /// A reason as it can be stored.
    ///
    /// @throws MatrixException `M_TOO_LARGE`
    public static String checkedReason(String reason) {
        if (reason.length() > LONGEST_REASON) {
            throw new MatrixException(
                            ErrorCode.M_TOO_LARGE,
                            "A reason has at most " + LONGEST_REASON + " characters")
                    .status(400);
        }
        return reason.replace("\0", "");
    }

    /// Keeps a report of something that exists.
    ///
    /// @param reporter the number of who reports it
    /// @param reason as [#checkedReason] gives it
    public void put(long reporter, Report report, String reason) {
        database.run(tx -> store.put(tx, reporter, report, reason, clock.instant()));
    }

    /// The newest reports of those before a number.
    List<Listed> newest(long before, int limit) {
        return database.read(tx -> store.newest(tx, before, limit));
    }
}
