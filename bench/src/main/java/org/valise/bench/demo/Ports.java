package org.valise.bench.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Ports that are free: the same ones at each start, where they are.
final class Ports {
    private int next;

    /// @param first 0 if it does not matter which
    Ports(int first) {
        this.next = first;
    }

    int preferred() throws IOException {
        int wanted = next == 0 ? 0 : next++;
        try (ServerSocket socket = open(wanted)) {
            return socket.getLocalPort();
        } catch (IOException taken) {
            return any();
        }
    }

    int any() throws IOException {
        try (ServerSocket socket = open(0)) {
            return socket.getLocalPort();
        }
    }

    private static ServerSocket open(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
    }
}
