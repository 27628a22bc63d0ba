package org.valise.bench.chat;

import java.time.Duration;

/// How messages are sent.
///
/// @param drain how long after the last answer a delivery may still come
/// @param timeline events a room in one sync at most
public record ChatPlan(Loop loop, Duration window, Duration drain, int timeline) {
    /// Who decides when the next message is sent.
    public sealed interface Loop {}

    /// The server: each sender waits for its answer before it sends again.
    public record Closed(int senders) implements Loop {
        @Override
        public String toString() {
            return "closed loop, " + senders + " senders";
        }
    }

    /// The clock: sends are due at fixed times, whatever became of those before, and latency counts
    /// from the time they were due.
    public record Open(double perSecond) implements Loop {
        @Override
        public String toString() {
            return "open loop, " + perSecond + "/s";
        }
    }
}
