package org.valise.federation.outbox;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.function.IntUnaryOperator;

/// How much is kept for a server that does not come back, of what nothing makes up for: messages to
/// devices.
///
/// @param age in which it has to come back
/// @param bytes for each server
public record UnsentLimits(Duration age, long bytes) {
    private static final Logger LOG = LoggerFactory.getLogger(UnsentLimits.class);

    /// A server that fails for so long is not waited for with everything that others get at once.
    private static final Duration AWAY = Duration.ofHours(1);

    private static final int BATCH = 5_000;

    /// Deletes what is beyond.
    void enforce(OutgoingEduStore edus) {
        repeat(limit -> edus.collapse(AWAY, limit));
        int given = repeat(limit -> edus.giveUpOlder(age, limit));
        given += repeat(limit -> edus.giveUpBeyond(bytes, limit));
        if (given > 0) {
            LOG.warn("{} messages for devices of servers that stay away were given up", given);
        }
    }

    private static int repeat(IntUnaryOperator deletion) {
        int all = 0;
        int last;
        do {
            last = deletion.applyAsInt(BATCH);
            all += last;
        } while (last == BATCH);
        return all;
    }
}
