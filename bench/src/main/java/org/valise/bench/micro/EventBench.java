package org.valise.bench.micro;

import org.valise.federation.Federation;
import org.valise.federation.keys.ServerKeys;
import org.valise.platform.config.FederationSection;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.authrules.AuthState;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventSignatures;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Verifier;
import org.valise.testing.TestDatabase;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// What one message event costs by the core: reading and writing it, its signatures, and whether it
/// is allowed.
public final class EventBench {
    private static final List<String> MIGRATIONS =
            List.of("org/valise/platform/migration", Federation.MIGRATIONS);

    private EventBench() {}

    /// The signing key comes out of a database, as a server's does.
    public static List<Figure> run() {
        try (TestDatabase database = TestDatabase.create(MIGRATIONS)) {
            try (Federation federation =
                    new Federation(
                            database.database(),
                            ServerName.parse("bench.example"),
                            FederationSection.CLOSED,
                            "bench",
                            Clock.systemUTC())) {
                return run(federation.keys(), federation.verifier());
            }
        }
    }

    private static List<Figure> run(ServerKeys keys, Verifier verifier) {
        Timing timing = new Timing();
        MessageRoom room = new MessageRoom(keys);
        Event message = room.message();
        byte[] bytes = message.bytes();
        JsonObject json = Json.parseObject(bytes);
        byte[] signature = keys.sign(bytes);
        byte[] publicKey = keys.publicKey();
        AuthState read = room.state();
        AuthState kept = room.keptState();
        String size = "a message event of " + bytes.length + " bytes";

        List<Figure> figures = new ArrayList<>();
        figures.add(timing.time("JSON: parse " + size, () -> Json.parseObject(bytes)));
        figures.add(
                timing.time("canonical JSON: encode " + size, () -> CanonicalJson.encode(json)));
        figures.add(timing.time("Ed25519: sign so many bytes", () -> keys.sign(bytes)));
        figures.add(
                timing.time(
                        "Ed25519: verify so many bytes",
                        () -> verifier.verify(publicKey, bytes, signature)));
        figures.add(
                timing.time(
                        "make a message event: hash, redact, sign, event id",
                        () -> room.unsignedMessage().sign(keys)));
        figures.add(
                timing.time(
                        "check the signature of a message event",
                        () ->
                                EventSignatures.verify(
                                        message,
                                        keys.server(),
                                        keys.keyId(),
                                        publicKey,
                                        verifier)));
        figures.add(
                timing.time(
                        "authorize a message event, 100 moderators, levels parsed anew",
                        () -> AuthRules.check(message, read, verifier)));
        figures.add(
                timing.time(
                        "authorize a message event, 100 moderators, levels kept",
                        () -> AuthRules.check(message, kept, verifier)));
        return figures;
    }
}
