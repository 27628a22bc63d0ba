package org.valise.rooms.policyservers;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Verifier;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Whether the policy servers of rooms recommend events, and asking them.
public final class PolicyServers {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyServers.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final long MOST_BYTES = 64 * 1024;

    /// SECURITY: what speaks of the user's session or account is for this server to say: a client
    /// that is told so logs out, and loses its keys.
    private static final Set<ErrorCode> NOT_PASSED_ON =
            EnumSet.of(
                    ErrorCode.M_MISSING_TOKEN,
                    ErrorCode.M_UNAUTHORIZED,
                    ErrorCode.M_UNKNOWN_TOKEN,
                    ErrorCode.M_UNRECOGNIZED,
                    ErrorCode.M_USER_DEACTIVATED,
                    ErrorCode.M_USER_LOCKED,
                    ErrorCode.M_USER_SUSPENDED);

    private final FederationClient client;
    private final Verifier verifier;
    private final Joined joined;
    private final ServerName here;

    /// Whether somebody of a server is joined to a room.
    @FunctionalInterface
    public interface Joined {
        /// @param room its number
        boolean isIn(long room, ServerName server);
    }

    public PolicyServers(
            FederationClient client, Verifier verifier, Joined joined, ServerName here) {
        this.client = client;
        this.verifier = verifier;
        this.joined = joined;
        this.here = here;
    }

    /// The policy server that must sign an event and has not.
    ///
    /// @param room its number
    /// @param policy the event under [PolicyServer#STATE] in the room's current state, if there is
    ///   one
    public Optional<PolicyServer> lacking(long room, @Nullable Event policy, Event event) {
        // "Because the Policy Server is not asked to sign m.room.policy state events with empty
        // string state_keys, […] Those events are by default recommended for inclusion."
        if (policy == null || event.isState() && event.key().equals(PolicyServer.STATE)) {
            return Optional.empty();
        }
        // "The server name denoted by the m.room.policy state event's via has at least one joined
        // user in the room in current state."
        return PolicyServer.of(policy)
                .filter(server -> joined.isIn(room, server.server()))
                .filter(server -> !server.hasSigned(event, verifier));
    }

    /// An event of this server with the policy server's signature.
    ///
    /// @throws MatrixException what the policy server answered; 403 if it cannot be asked
    public Event approved(Event event, PolicyServer server) {
        if (server.server().equals(here)) {
            throw forbidden("The room's policy server is this one, which is none");
        }
        try {
            return ask(event, server)
                    .orElseThrow(
                            () -> forbidden("The room's policy server has not signed the event"));
        } catch (FederationException e) {
            throw refusal(e);
        }
    }

    /// "If the Policy Server returned an error, that error SHOULD be provided to the client
    /// verbatim."
    private static MatrixException refusal(FederationException e) {
        String error = e.answer().flatMap(answer -> answer.string("error")).orElse("");
        Optional<ErrorCode> code =
                e.errcode()
                        .flatMap(PolicyServers::code)
                        .filter(known -> !NOT_PASSED_ON.contains(known));
        boolean isRefusal = e.status() >= 400 && e.status() < 500 && e.status() != 401;
        if (code.isEmpty() || !isRefusal) {
            return forbidden("The room's policy server cannot be asked");
        }
        MatrixException refusal = new MatrixException(code.get(), error).status(e.status());
        return e.answer()
                .flatMap(answer -> answer.integer("retry_after_ms"))
                .map(wait -> refusal.with("retry_after_ms", wait))
                .orElse(refusal);
    }

    private static Optional<ErrorCode> code(String errcode) {
        return Arrays.stream(ErrorCode.values())
                .filter(code -> code.errcode().equals(errcode))
                .findFirst();
    }

    private static MatrixException forbidden(String why) {
        return new MatrixException(ErrorCode.M_FORBIDDEN, why).status(403);
    }

    /// An event of another server with the policy server's signature; as it is if that does not
    /// sign it, or cannot be asked.
    public Event signedIfRecommended(Event event, PolicyServer server) {
        if (server.server().equals(here)) {
            return event;
        }
        try {
            return ask(event, server).orElse(event);
        } catch (FederationException e) {
            LOG.debug("{} does not recommend {}", server.server(), event.id(), e);
            return event;
        }
    }

    /// @return empty if the answer is no valid signature of the event
    private Optional<Event> ask(Event event, PolicyServer server) throws FederationException {
        JsonObject answer =
                client.send(
                        FederationRequest.post(
                                        server.server(), "/_matrix/policy/v1/sign", event.json())
                                .within(TIMEOUT)
                                .atMost(MOST_BYTES)
                                .urgently());
        return answer.object(server.server().value())
                .flatMap(signatures -> signatures.string(PolicyServer.KEY_ID.value()))
                .flatMap(Base64s::decode)
                .flatMap(signature -> signed(event, server, signature))
                .filter(signed -> server.hasSigned(signed, verifier));
    }

    private static Optional<Event> signed(Event event, PolicyServer server, byte[] signature) {
        try {
            return Optional.of(
                    Event.parse(
                            event.version(),
                            JsonSigning.withSignature(
                                    event.json(),
                                    server.server().value(),
                                    PolicyServer.KEY_ID,
                                    signature)));
        } catch (InvalidEvent tooLarge) {
            return Optional.empty();
        }
    }
}
