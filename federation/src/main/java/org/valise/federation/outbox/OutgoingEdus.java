package org.valise.federation.outbox;

import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;

/// What goes to other servers beside events (EDUs).
///
/// Nothing is sent, and nothing kept, for a server that may not federate with this one.
public interface OutgoingEdus {
    /// Writes an EDU with a commit. It is sent when that is through, after all that was added for
    /// this server before, again and again until the server has it: it may get it twice.
    ///
    /// To be called from [org.valise.platform.stream.OrderedUnit#write]; it counts as one row.
    ///
    /// @param ordinal of the position that it belongs to, as the batch gave it
    default void addTo(
            CommitBatch batch, int ordinal, ServerName to, String eduType, JsonObject content) {
        addTo(batch, ordinal, to, eduType, "", content);
    }

    /// The same, where the last one of a type and key makes up for those before: no other is kept
    /// for a server that stays away. Of what nothing makes up for, a bounded amount is kept.
    ///
    /// @param key empty: nothing makes up for it
    void addTo(
            CommitBatch batch,
            int ordinal,
            ServerName to,
            String eduType,
            String key,
            JsonObject content);

    /// Sends an EDU soon, or never: to be used where a later one makes up for it. Never blocks.
    ///
    /// @param key what a later one of the same type and key replaces
    void offer(ServerName to, String eduType, String key, JsonObject content);

    /// The same, worth sending for longer than the usual minute.
    void offer(ServerName to, String eduType, String key, JsonObject content, Duration keep);
}
