package org.valise.accounts.calls;

import org.valise.platform.config.Secret;

import java.time.Duration;
import java.util.List;

/// A TURN server for calls.
///
/// @param uris empty if there is none
/// @param secret what it shares with this server
/// @param lifetime of the credentials that a client gets
public record TurnConfig(List<String> uris, Secret secret, Duration lifetime) {
    public static final TurnConfig NONE =
            new TurnConfig(List.of(), Secret.none(), Duration.ofDays(1));
}
