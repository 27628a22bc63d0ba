package org.valise.platform.http;

import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.valise.platform.network.Network;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Where a request comes from: the peer's address, or what a trusted proxy says of it.
final class ClientAddress {
    private static final int MOST_HOPS = 16;

    private final List<Network> trusted;

    ClientAddress(List<String> trustedProxies) {
        this.trusted = trustedProxies.stream().map(Network::parse).toList();
    }

    String of(Request request) {
        if (!(request.getConnectionMetaData().getRemoteSocketAddress()
                        instanceof InetSocketAddress socket)
                || socket.getAddress() == null) {
            return "0.0.0.0";
        }
        InetAddress peer = socket.getAddress();
        String forwarded = request.getHeaders().get("X-Forwarded-For");
        if (forwarded == null || !isTrusted(peer)) {
            return text(peer);
        }
        List<String> hops = new ArrayList<>();
        for (String header : request.getHeaders().getValuesList("X-Forwarded-For")) {
            hops.addAll(List.of(header.split(",")));
        }
        // SECURITY: read from the right. What stands left of the first address that is no trusted
        // proxy is the client's
        // own claim.
        InetAddress nearest = peer;
        for (int i = hops.size() - 1; i >= Math.max(0, hops.size() - MOST_HOPS); i--) {
            InetAddress hop = literal(hops.get(i).strip());
            if (hop == null) {
                break;
            }
            nearest = hop;
            if (!isTrusted(hop)) {
                break;
            }
        }
        return text(nearest);
    }

    /// By what an address counts: an IPv6 host has a whole /64 to choose from.
    static String limitKey(String ip) {
        if (ip.indexOf(':') < 0) {
            return ip;
        }
        InetAddress address = literal(ip);
        return address == null ? ip : HexFormat.of().formatHex(address.getAddress(), 0, 8);
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    /// Without the zone of a link-local address.
    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private static @Nullable InetAddress literal(String text) {
        String bare =
                text.startsWith("[") && text.indexOf(']') > 0
                        ? text.substring(1, text.indexOf(']'))
                        : text;
        if (bare.indexOf(':') < 0 && bare.chars().filter(c -> c == '.').count() != 3) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(bare);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
