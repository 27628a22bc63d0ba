package org.valise.rooms.policyservers;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventSignatures;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.Verifier;

import java.util.Optional;

/// The policy server that a room's state names.
///
/// @param key what its signatures are verified with
public record PolicyServer(ServerName server, byte[] key) {
    public static final StateKey STATE = new StateKey("m.room.policy", "");

    /// "The Key ID for the `ed25519` key in `m.room.policy` is *always* `ed25519:policy_server`."
    static final KeyId KEY_ID = KeyId.ed25519("policy_server");

    /// What a room's `m.room.policy` event names, if that is valid.
    static Optional<PolicyServer> of(@Nullable Event policy) {
        if (policy == null) {
            return Optional.empty();
        }
        JsonObject content = policy.content();
        Optional<byte[]> key =
                content.object("public_keys")
                        .flatMap(keys -> keys.string("ed25519"))
                        .flatMap(Base64s::decode);
        return content.string("via")
                .flatMap(ServerName::tryParse)
                .flatMap(server -> key.map(bytes -> new PolicyServer(server, bytes)));
    }

    /// Whether it recommends the event.
    boolean hasSigned(Event event, Verifier verifier) {
        return EventSignatures.verify(event, server, KEY_ID, key, verifier);
    }
}
