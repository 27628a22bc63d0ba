package org.valise.accounts.profiles;

import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.federation.client.FederationUri;
import org.valise.protocol.id.UserId;

import java.time.Duration;
import java.util.Optional;

/// Asks other servers for the profiles of their users. Whoever cannot be asked knows no such user.
public final class FederatedProfiles implements RemoteProfiles {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /// *The total profile MUST be under 64 KiB*, and some for spaces.
    private static final long MOST_BYTES = 2L * ProfileRules.TOTAL_BYTES;

    private final FederationClient client;

    public FederatedProfiles(FederationClient client) {
        this.client = client;
    }

    @Override
    public Optional<Profile> find(UserId user) {
        FederationUri uri =
                FederationUri.of("/_matrix/federation/v1/query/profile")
                        .query("user_id", user.value());
        FederationRequest request =
                FederationRequest.get(user.server(), uri.toString())
                        .within(TIMEOUT)
                        .atMost(MOST_BYTES);
        try {
            return Optional.of(new Profile(client.send(request)));
        } catch (FederationException e) {
            return Optional.empty();
        }
    }
}
