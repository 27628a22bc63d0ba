package org.valise.platform.config;

import java.time.Duration;
import java.util.List;

/// A TURN server for calls, with which this server shares a secret.
public record TurnSection(List<String> uris, Secret secret, Duration lifetime) {

    static TurnSection read(Settings s) {
        TurnSection turn =
                new TurnSection(
                        s.list(
                                "uris",
                                List.of(),
                                "TURN URIs",
                                "Where clients find a TURN server for calls, such as"
                                        + " `turn:turn.example.org?transport=udp`.",
                                Values::turnUri),
                        s.secret(
                                "secret",
                                "What it shares with this server (coturn:"
                                        + " `static-auth-secret`)."),
                        s.duration(
                                "lifetime",
                                Duration.ofDays(1),
                                Duration.ofMinutes(1),
                                Duration.ofDays(30),
                                "How long the credentials are good that a client gets for"
                                        + " it."));
        if (turn.uris.isEmpty() == turn.secret.isPresent()) {
            s.fault("turn.uris and turn.secret mean nothing without each other.");
        }
        return turn;
    }
}
