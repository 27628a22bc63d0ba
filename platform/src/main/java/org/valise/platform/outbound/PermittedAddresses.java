package org.valise.platform.outbound;

import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.valise.platform.outbound.OutboundException.Reason;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/// Finds where a request's target is, and only what requests may go to.
///
/// SECURITY: the HTTP client connects to exactly these addresses. It does not look the name up
/// again, when another answer could lead inside (DNS rebinding).
final class PermittedAddresses implements SocketAddressResolver {
    /// SECURITY: a name may have any number of addresses; no request waits for more than these.
    private static final int MOST = 8;

    private final HostLookup lookup;
    private final AddressPolicy policy;
    private final Executor threads;

    PermittedAddresses(HostLookup lookup, AddressPolicy policy, Executor threads) {
        this.lookup = lookup;
        this.policy = policy;
        this.threads = threads;
    }

    @Override
    public void resolve(
            String host,
            int port,
            Map<String, Object> context,
            Promise<List<InetSocketAddress>> promise) {
        if (!(context.get(Destination.CONTEXT_KEY) instanceof Destination destination)
                || !(destination.getOrigin().getTag() instanceof Target target)) {
            promise.failed(new IllegalStateException("a request without a target"));
            return;
        }
        threads.execute(() -> {
            try {
                promise.succeeded(find(target));
            } catch (OutboundException | RuntimeException e) {
                promise.failed(e);
            }
        });
    }

    private List<InetSocketAddress> find(Target target) throws OutboundException {
        List<InetSocketAddress> permitted = new ArrayList<>();
        boolean refused = false;
        for (Target.Location location : target.locations()) {
            for (InetAddress address : addresses(location.host())) {
                if (!policy.permits(address)) {
                    refused = true;
                } else if (permitted.size() < MOST) {
                    permitted.add(new InetSocketAddress(named(target, address), location.port()));
                }
            }
        }
        if (permitted.isEmpty()) {
            throw refused
                    ? new OutboundException(
                            Reason.ADDRESS_NOT_ALLOWED,
                            target.name() + " has only addresses that may not be reached",
                            null)
                    : new OutboundException(
                            Reason.UNREACHABLE, target.name() + " has no address", null);
        }
        return permitted;
    }

    /// SECURITY: Jetty checks the certificate against the name that the address bears. One without
    /// a name would only have to prove that it is that address, not whom the request is for.
    private static InetAddress named(Target target, InetAddress address) {
        try {
            return InetAddress.getByAddress(target.name(), address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of a length that none has", e);
        }
    }

    private List<InetAddress> addresses(String host) {
        try {
            return lookup.addresses(host);
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
