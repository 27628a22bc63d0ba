package org.valise.protocol.event;

import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonMembers;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Verifier;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Whose signatures an event needs, and whether they are valid.
///
/// Spec: Server-Server API, "Validating hashes and signatures on received events". Which keys count
/// at which time is the caller's to know.
public final class EventSignatures {
    private EventSignatures() {}

    /// The servers that must have signed the event.
    public static Set<ServerName> required(Event event) {
        Set<ServerName> servers = new LinkedHashSet<>();
        // "Unless the event is a 3rd party invite, only the signature(s) from the originating
        // server […] are required."
        if (!isThirdPartyInvite(event)) {
            servers.add(event.sender().server());
        }
        // "Room versions 1 and 2 also require that a signature is present from the domain in the
        // event_id."
        if (!event.version().has(Tweak.EVENT_ID_IS_HASH)) {
            event.id().originServer().ifPresent(servers::add);
        }
        // "If `content` has a `join_authorised_via_users_server` key: if the event is not validly
        // signed
        // by the homeserver of the user ID denoted by the key, reject."
        if (event.version().has(Tweak.RESTRICTED_JOINS) && EventTypes.MEMBER.equals(event.type())) {
            event.content()
                    .string("join_authorised_via_users_server")
                    .flatMap(UserId::tryParse)
                    .ifPresent(authoriser -> servers.add(authoriser.server()));
        }
        return servers;
    }

    /// Whether this invites someone by a third-party identifier. Its sender was fixed when the
    /// invitation was stored, and another server may have sent it, so the sender's signature is not
    /// demanded.
    private static boolean isThirdPartyInvite(Event event) {
        return EventTypes.MEMBER.equals(event.type())
                && event.content().string("membership").filter("invite"::equals).isPresent()
                && event.content().has("third_party_invite");
    }

    /// The signatures on an event, ready to be checked one by one: what was signed is encoded once.
    public static Signed of(Event event) {
        return new Signed(
                JsonMembers.select(event.bytes(), Set.of("signatures")), event.signedBytes());
    }

    /// An event's signatures and what they sign.
    public static final class Signed {
        private final JsonObject event;
        private final byte[] message;

        private Signed(JsonObject event, byte[] message) {
            this.event = event;
            this.message = message;
        }

        /// The signatures of a server that could be valid, by key.
        public Map<KeyId, byte[]> by(ServerName server) {
            return JsonSigning.signatures(event, server.value());
        }

        /// Whether the server signed with that key.
        public boolean verify(ServerName server, KeyId key, byte[] publicKey, Verifier verifier) {
            byte[] signature = by(server).get(key);
            return signature != null && verifier.verify(publicKey, message, signature);
        }
    }

    /// Whether the server signed the event with that key.
    public static boolean verify(
            Event event, ServerName server, KeyId key, byte[] publicKey, Verifier verifier) {
        return of(event).verify(server, key, publicKey, verifier);
    }
}
