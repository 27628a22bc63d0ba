package org.valise.push.counts;

import java.util.List;

/// Where the events to count come from: the room module's timeline.
public interface UnreadEvents {
    /// The events of a room's timeline after what was read everywhere, up to a position, oldest
    /// first. What has been read in its thread only may be left out. When there are more than
    /// `limit`, the newest.
    ///
    /// @param room the room's number
    List<UnreadEvent> unread(long room, ReadPositions read, long upTo, int limit);

    /// The events of a room's timeline after one position, up to another, oldest first; of more
    /// than `limit` the oldest.
    List<UnreadEvent> between(long room, long after, long upTo, int limit);
}
