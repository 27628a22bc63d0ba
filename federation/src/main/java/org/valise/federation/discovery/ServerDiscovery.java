package org.valise.federation.discovery;

import org.valise.platform.outbound.Outbound;
import org.valise.platform.outbound.Target;
import org.valise.protocol.id.ServerName;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Finds where a server is and what proves that it is it.
///
/// Spec: server-server API, "Resolving server names". All of its steps agree in one thing: the
/// certificate's name is the host, and the `Host` header the whole name, of the server that was
/// resolved last: the one asked for, or the one it delegates to.
public final class ServerDiscovery {
    private static final int USUAL_PORT = 8448;

    private final Map<ServerName, ServerName> configured;
    private final Function<String, Optional<ServerName>> delegation;
    private final ServiceLookup services;
    private final RandomGenerator random;

    /// @param configured where servers are that are not to be discovered: the address only, they
    ///   still prove that they are who they are
    public ServerDiscovery(
            Map<ServerName, ServerName> configured,
            Outbound outbound,
            Clock clock,
            RandomGenerator random) {
        this(configured, new Delegation(outbound, clock)::of, new DnsServices(), random);
    }

    ServerDiscovery(
            Map<ServerName, ServerName> configured,
            Function<String, Optional<ServerName>> delegation,
            ServiceLookup services,
            RandomGenerator random) {
        this.configured = Map.copyOf(configured);
        this.delegation = delegation;
        this.services = services;
        this.random = random;
    }

    /// Where to send requests for a server. Asks the network; what it said is remembered.
    public Target find(ServerName server) {
        ServerName fixed = configured.get(server);
        if (fixed != null) {
            return target(server, fixed.host(), fixed.port().orElse(USUAL_PORT));
        }
        if (server.isIpLiteral() || server.port().isPresent()) {
            return direct(server); // steps 1 and 2
        }
        return delegation
                .apply(server.host())
                .map(this::delegated) // step 3
                .orElseGet(() -> byService(server)); // steps 4 to 6
    }

    /// Steps 3.1 to 3.5.
    private Target delegated(ServerName delegate) {
        return delegate.isIpLiteral() || delegate.port().isPresent()
                ? direct(delegate)
                : byService(delegate);
    }

    private static Target direct(ServerName server) {
        return target(server, server.host(), server.port().orElse(USUAL_PORT));
    }

    private Target byService(ServerName server) {
        List<Service> found = services.find("_matrix-fed._tcp." + server.host());
        if (found.isEmpty()) {
            found = services.find("_matrix._tcp." + server.host()); // deprecated
        }
        if (found.isEmpty()) {
            return direct(server);
        }
        return new Target(
                server.host(),
                server.value(),
                Service.ordered(found, random).stream()
                        .map(service -> new Target.Location(service.target(), service.port()))
                        .toList());
    }

    private static Target target(ServerName server, String host, int port) {
        return new Target(server.host(), server.value(), List.of(new Target.Location(host, port)));
    }
}
