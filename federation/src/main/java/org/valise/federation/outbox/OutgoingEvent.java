package org.valise.federation.outbox;

/// An event that goes to other servers, by its numbers.
///
/// @param position where it stands in the stream
public record OutgoingEvent(long position, long room, long event) {}
