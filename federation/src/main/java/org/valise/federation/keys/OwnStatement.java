package org.valise.federation.keys;

import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;

import java.time.Clock;
import java.time.Duration;

/// What this server says of its own keys. Spec: server-server API, "Publishing Keys".
final class OwnStatement {
    /// "Originating servers should avoid returning responses that expire in less than an hour"; a
    /// day bounds how long a key is trusted that was taken back.
    static final Duration VALIDITY = Duration.ofDays(1);

    private final ServerKeys keys;
    private final Clock clock;

    OwnStatement(ServerKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    JsonObject signed() {
        ServerKeys.Current current = keys.current();
        JsonObject.Builder old = JsonObject.builder();
        for (ExpiredKey expired : keys.expired()) {
            old.put(
                    expired.keyId().value(),
                    JsonObject.of(
                            "expired_ts",
                            expired.expiredAt().toEpochMilli(),
                            "key",
                            Base64s.encode(expired.publicKey())));
        }
        // In the order of Canonical JSON: some check the signature of the bytes as they come.
        JsonObject statement =
                JsonObject.builder()
                        .put("old_verify_keys", old.build())
                        .put("server_name", keys.server().value())
                        .put("valid_until_ts", clock.instant().plus(VALIDITY).toEpochMilli())
                        .put(
                                "verify_keys",
                                JsonObject.of(
                                        current.keyId().value(),
                                        JsonObject.of("key", Base64s.encode(current.publicKey()))))
                        .build();
        return JsonSigning.sign(statement, current);
    }
}
