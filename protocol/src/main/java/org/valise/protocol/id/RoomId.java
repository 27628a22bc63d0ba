package org.valise.protocol.id;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// A room: `!opaque:server` in room versions 1 to 11, `!` and the hash of its create event from 12
/// on.
///
/// Spec: Appendices, "Room IDs".
public record RoomId(String value) implements Comparable<RoomId> {
    public RoomId {
        Grammar.require("room id", fault(value));
    }

    private static @Nullable String fault(String value) {
        if (value.indexOf(':') >= 0) {
            return Grammar.localpartAndDomain(value, '!');
        }
        String fault = Grammar.opaque(value, '!');
        if (fault != null) {
            return fault;
        }
        return Grammar.isUrlSafeHash(value) ? null : "neither a domain nor the hash of an event";
    }

    public static RoomId parse(String value) {
        return new RoomId(value);
    }

    public static Optional<RoomId> tryParse(String value) {
        return Grammar.attempt(value, fault(value), RoomId::new);
    }

    /// The room that a create event of room version 12 makes: "the event ID of the `m.room.create`
    /// event using `!` as the sigil".
    public static RoomId ofCreateEvent(EventId create) {
        return new RoomId("!" + create.value().substring(1));
    }

    /// The create event of a room whose id is a hash; empty for ids with a domain.
    public Optional<EventId> createEvent() {
        return isHash() ? Optional.of(new EventId("$" + value.substring(1))) : Optional.empty();
    }

    public boolean isHash() {
        return value.indexOf(':') < 0;
    }

    /// The server that made up the id, in the versions in which one did. It says nothing about who
    /// is in the room, and nothing about whether that server still exists; only the authorization
    /// of create events depends on it.
    public Optional<ServerName> originServer() {
        int colon = value.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(new ServerName(value.substring(colon + 1)));
    }

    @Override
    public int compareTo(RoomId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
