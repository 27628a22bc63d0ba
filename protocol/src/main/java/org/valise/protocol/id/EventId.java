package org.valise.protocol.id;

import org.jspecify.annotations.Nullable;

import java.util.Base64;
import java.util.Optional;

/// An event: `$opaque:server` in room versions 1 and 2, `$` and the reference hash in standard
/// Base64 in version 3, in URL-safe Base64 from 4 on. Without a domain it is taken as opaque, since
/// clients may ask for anything.
///
/// Spec: Appendices, "Event IDs"; Room Versions, "Event IDs".
public record EventId(String value) implements Comparable<EventId> {
    public EventId {
        Grammar.require("event id", fault(value));
    }

    private static @Nullable String fault(String value) {
        if (value.indexOf(':') >= 0) {
            return Grammar.localpartAndDomain(value, '$');
        }
        String fault = Grammar.opaque(value, '$');
        if (fault != null) {
            return fault;
        }
        return value.length() > 1 ? null : "empty";
    }

    public static EventId parse(String value) {
        return new EventId(value);
    }

    public static Optional<EventId> tryParse(String value) {
        return Grammar.attempt(value, fault(value), EventId::new);
    }

    /// The id of room version 3, in standard Base64.
    public static EventId ofHash(byte[] referenceHash) {
        return new EventId(
                "$" + Base64.getEncoder().withoutPadding().encodeToString(referenceHash));
    }

    /// The id of room versions 4 and later, in URL-safe Base64.
    public static EventId ofHashUrlSafe(byte[] referenceHash) {
        return new EventId(
                "$" + Base64.getUrlEncoder().withoutPadding().encodeToString(referenceHash));
    }

    /// The server in the id, which must have signed the event; only in room versions 1 and 2.
    public Optional<ServerName> originServer() {
        int colon = value.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(new ServerName(value.substring(colon + 1)));
    }

    @Override
    public int compareTo(EventId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
