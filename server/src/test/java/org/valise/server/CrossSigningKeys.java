package org.valise.server;

import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// The three keys of a user.
final class CrossSigningKeys {
    final String user;
    final SigningPair master = new SigningPair();
    final SigningPair selfSigning = new SigningPair();
    final SigningPair userSigning = new SigningPair();

    CrossSigningKeys(String user) {
        this.user = user;
    }

    JsonObject key(String usage, SigningPair pair) {
        return JsonObject.of(
                "user_id",
                user,
                "usage",
                JsonArray.of(usage),
                "keys",
                JsonObject.of("ed25519:" + pair.publicKey(), pair.publicKey()));
    }

    JsonObject masterKey() {
        return key("master", master);
    }

    JsonObject selfSigningKey() {
        return master.sign(key("self_signing", selfSigning), user, master.publicKey());
    }

    JsonObject userSigningKey() {
        return master.sign(key("user_signing", userSigning), user, master.publicKey());
    }

    JsonObject all() {
        return JsonObject.of(
                "master_key",
                masterKey(),
                "self_signing_key",
                selfSigningKey(),
                "user_signing_key",
                userSigningKey());
    }
}
