package org.valise.federation.client;

import org.jspecify.annotations.Nullable;
import org.valise.federation.client.FederationException.Reason;
import org.valise.federation.discovery.ServerDiscovery;
import org.valise.federation.peers.Peers;
import org.valise.platform.outbound.Outbound;
import org.valise.platform.outbound.OutboundException;
import org.valise.platform.outbound.OutboundRequest;
import org.valise.platform.outbound.OutboundResponse;
import org.valise.platform.outbound.Target;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.RequestSigning;
import org.valise.protocol.signature.Signer;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Makes requests to other servers, signed in this server's name. Blocks until they are answered,
/// for a bounded time.
public final class FederationClient {
    private static final long MOST_BYTES_OF_A_REFUSAL = 64 * 1024;
    private static final long MOST_BYTES_OF_KEYS = 256 * 1024;
    private static final Duration KEYS_TIMEOUT = Duration.ofSeconds(10);

    private final Outbound outbound;
    private final ServerDiscovery discovery;
    private final Peers peers;
    private final Supplier<Signer> signer;
    private final Resting resting;
    private final List<Consumer<ServerName>> back = new CopyOnWriteArrayList<>();

    /// @param signer the key in use, asked anew for each request
    public FederationClient(
            Outbound outbound,
            ServerDiscovery discovery,
            Peers peers,
            Supplier<Signer> signer,
            Clock clock,
            RandomGenerator random) {
        this.outbound = outbound;
        this.discovery = discovery;
        this.peers = peers;
        this.signer = signer;
        this.resting = new Resting(clock, random);
    }

    /// What takes an answer of status 200 while it comes.
    @FunctionalInterface
    public interface BodyReader<T> {
        /// @throws JsonException if it is not what it should be
        T read(InputStream body) throws IOException;
    }

    /// The answer to a request, a JSON object.
    public JsonObject send(FederationRequest request) throws FederationException {
        return send(request, body -> Json.parseObject(body.readAllBytes()));
    }

    /// Hands the answer over while it comes: for those that are too large to be held.
    public <T> T send(FederationRequest request, BodyReader<T> reader) throws FederationException {
        return send(request, signed(request), reader);
    }

    /// What a server says of its keys; this request alone is not signed.
    public Optional<JsonObject> keysOf(ServerName server) {
        FederationRequest request =
                FederationRequest.get(server, "/_matrix/key/v2/server")
                        .within(KEYS_TIMEOUT)
                        .atMost(MOST_BYTES_OF_KEYS)
                        .urgently();
        try {
            return Optional.of(
                    send(request, Map.of(), body -> Json.parseObject(body.readAllBytes())));
        } catch (FederationException e) {
            return Optional.empty();
        }
    }

    /// What a notary says of the keys of those of some servers that may federate; not signed
    /// either.
    public Optional<JsonObject> keysThrough(ServerName notary, Set<ServerName> servers) {
        JsonObject.Builder wanted = JsonObject.builder();
        servers.stream()
                .filter(peers::allows)
                .forEach(server -> wanted.put(server.value(), JsonObject.of()));
        JsonObject keys = wanted.build();
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        FederationRequest request =
                FederationRequest.post(
                                notary, "/_matrix/key/v2/query", JsonObject.of("server_keys", keys))
                        .within(KEYS_TIMEOUT)
                        .atMost(MOST_BYTES_OF_KEYS * servers.size());
        try {
            return Optional.of(
                    send(request, Map.of(), body -> Json.parseObject(body.readAllBytes())));
        } catch (FederationException e) {
            return Optional.empty();
        }
    }

    /// A server has sent something: it is worth trying again.
    public void isThere(ServerName server) {
        if (resting.isThere(server)) {
            back.forEach(follower -> follower.accept(server));
        }
    }

    /// Tells of servers that did not answer, and are there again. To be called before requests are
    /// made.
    ///
    /// @param follower must not block
    public void whenBack(Consumer<ServerName> follower) {
        back.add(follower);
    }

    private Map<String, String> signed(FederationRequest request) {
        RequestSigning.Request signed =
                new RequestSigning.Request(
                        request.method(), request.uri(), request.destination(), request.content());
        return Map.of("Authorization", RequestSigning.sign(signed, signer.get()).header());
    }

    private <T> T send(FederationRequest request, Map<String, String> headers, BodyReader<T> reader)
            throws FederationException {
        ServerName server = request.destination();
        if (!peers.allows(server)) {
            throw new FederationException(
                    Reason.NOT_ALLOWED, "This server does not federate with " + server, null);
        }
        if (!request.urgent() && resting.isResting(server)) {
            throw new FederationException(Reason.RESTING, server + " did not answer lately", null);
        }
        Target target = discovery.find(server);
        JsonObject content = request.content();
        OutboundRequest outgoing =
                new OutboundRequest(
                        target,
                        request.method(),
                        request.uri(),
                        headers,
                        content == null ? null : Json.write(content),
                        request.timeout(),
                        request.mostBytes());
        try {
            Answer<T> answer =
                    outbound.exchange(outgoing, response -> read(server, response, reader));
            if (answer.isOutOfOrder()) {
                resting.failed(server);
            } else {
                isThere(server);
            }
            return answer.take();
        } catch (OutboundException e) {
            throw failure(server, e);
        }
    }

    private FederationException failure(ServerName server, OutboundException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.reason()) {
            case ADDRESS_NOT_ALLOWED -> new FederationException(Reason.NOT_ALLOWED, message, e);
            case TOO_LARGE -> new FederationException(Reason.UNUSABLE, message, e);
            case UNREACHABLE, TIMEOUT -> {
                resting.failed(server);
                yield new FederationException(Reason.UNREACHABLE, message, e);
            }
        };
    }

    /// What was read, or why not.
    private record Answer<T>(@Nullable T value, @Nullable FederationException refusal) {
        /// What a proxy says whose server is not there.
        boolean isOutOfOrder() {
            return refusal != null && refusal.status() >= 502 && refusal.status() <= 504;
        }

        T take() throws FederationException {
            if (refusal != null) {
                throw refusal;
            }
            if (value == null) {
                throw new IllegalStateException("an answer without value or refusal");
            }
            return value;
        }
    }

    private static <T> Answer<T> read(
            ServerName server, OutboundResponse response, BodyReader<T> reader) throws IOException {
        int status = response.status();
        if (status != 200) {
            JsonObject refusal = refusal(response);
            String error = refusal == null ? "" : refusal.string("error").orElse("");
            return new Answer<>(
                    null,
                    new FederationException(
                            "%s answered %d %s".formatted(server, status, error).strip(),
                            status,
                            refusal));
        }
        try {
            return new Answer<>(reader.read(response.body()), null);
        } catch (JsonException e) {
            return new Answer<>(
                    null,
                    new FederationException(
                            Reason.UNUSABLE, server + " answered what is no JSON object", e));
        }
    }

    private static @Nullable JsonObject refusal(OutboundResponse response) throws IOException {
        byte[] body = response.body().readNBytes((int) MOST_BYTES_OF_A_REFUSAL);
        try {
            return Json.parseObject(body);
        } catch (JsonException e) {
            return null;
        }
    }
}
