package org.valise.platform.network;

import java.net.InetAddress;

/// An address or a network in CIDR notation: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
public final class Network {
    private final byte[] address;
    private final int bits;

    private Network(byte[] address, int bits) {
        this.address = address;
        this.bits = bits;
    }

    /// @throws IllegalArgumentException if it is neither
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        byte[] address =
                InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
        int all = address.length * 8;
        int bits = slash < 0 ? all : Integer.parseInt(text.substring(slash + 1));
        if (bits < 0 || bits > all) {
            throw new IllegalArgumentException("not a network: " + text);
        }
        return new Network(address, bits);
    }

    public boolean contains(InetAddress other) {
        byte[] bytes = other.getAddress();
        if (bytes.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += 8) {
            int mask = bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit)) & 0xff;
            if ((address[bit / 8] & mask) != (bytes[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
