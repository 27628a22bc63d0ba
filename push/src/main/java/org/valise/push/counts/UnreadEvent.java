package org.valise.push.counts;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;
import org.valise.protocol.pushrules.PushEvent;
import org.valise.protocol.pushrules.PushRoom;

/// An event of a room's timeline, as counting sees it.
///
/// @param position where it became visible in the stream
/// @param thread the root of the thread that it is part of, after at most three hops along its
///   relations; null: main timeline
/// @param replaces the event that this is a valid edit of
/// @param redacts the event that this redaction emptied
/// @param redacted whether the event itself is empty by now: it notifies nobody any more
/// @param state whether it is a state event
/// @param room what push rules may ask of the room at that time
public record UnreadEvent(
        long position,
        EventId id,
        PushEvent event,
        @Nullable EventId thread,
        @Nullable EventId replaces,
        @Nullable EventId redacts,
        boolean redacted,
        boolean state,
        PushRoom room) {}
