package org.valise.devices.remote;

import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationException.Reason;
import org.valise.federation.client.FederationRequest;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/// Asks other servers for keys of their users. Spec: server-server API, `GET
/// /user/devices/{userId}`, `POST /user/keys/query`, `POST /user/keys/claim`.
final class KeyRequests {
    private static final String PREFIX = "/_matrix/federation/v1/user/";
    private static final long MOST_BYTES = 32L << 20;
    private static final int NOT_FOUND = 404;

    private final FederationClient client;

    KeyRequests(FederationClient client) {
        this.client = client;
    }

    /// All devices of a user, and which update they are as of; empty if the answer cannot be used.
    Optional<RemoteList> list(UserId user, Duration timeout) throws FederationException {
        String id = URLEncoder.encode(user.value(), StandardCharsets.UTF_8).replace("+", "%20");
        FederationRequest request =
                FederationRequest.get(user.server(), PREFIX + "devices/" + id)
                        .within(timeout)
                        .atMost(RemoteKeyRules.MOST_BYTES_OF_A_USER);
        try {
            return RemoteKeyRules.list(user, client.send(request));
        } catch (FederationException e) {
            if (e.reason() == Reason.REFUSED && e.status() == NOT_FOUND) {
                return Optional.of(RemoteList.EMPTY); // whoever is not there has no devices
            }
            throw e;
        }
    }

    /// What a server answers of all devices of some of its users.
    JsonObject query(ServerName server, Collection<UserId> users, Duration timeout)
            throws FederationException {
        var wanted = JsonObject.builder();
        users.forEach(user -> wanted.put(user.value(), JsonArray.of()));
        return client.send(
                FederationRequest.post(
                                server,
                                PREFIX + "keys/query",
                                JsonObject.of("device_keys", wanted.build()))
                        .within(timeout)
                        .atMost(MOST_BYTES));
    }

    /// @param wanted algorithms by device by user
    JsonObject claim(ServerName server, JsonObject wanted, Duration timeout)
            throws FederationException {
        return RemoteKeyRules.claimed(
                wanted,
                client.send(
                        FederationRequest.post(
                                        server,
                                        PREFIX + "keys/claim",
                                        JsonObject.of("one_time_keys", wanted))
                                .within(timeout)
                                .atMost(MOST_BYTES)));
    }
}
