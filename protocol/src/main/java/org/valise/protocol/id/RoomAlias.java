package org.valise.protocol.id;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// A name for a room, `#localpart:server`; the server can be asked what room it means.
///
/// Spec: Appendices, "Room Aliases".
public record RoomAlias(String value) implements Comparable<RoomAlias> {
    public RoomAlias {
        Grammar.require("room alias", fault(value));
    }

    private static @Nullable String fault(String value) {
        return Grammar.localpartAndDomain(value, '#');
    }

    public static RoomAlias parse(String value) {
        return new RoomAlias(value);
    }

    public static Optional<RoomAlias> tryParse(String value) {
        return Grammar.attempt(value, fault(value), RoomAlias::new);
    }

    public static RoomAlias of(String localpart, ServerName server) {
        return new RoomAlias("#" + localpart + ":" + server);
    }

    public String localpart() {
        return value.substring(1, value.indexOf(':'));
    }

    public ServerName server() {
        return new ServerName(value.substring(value.indexOf(':') + 1));
    }

    @Override
    public int compareTo(RoomAlias other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
