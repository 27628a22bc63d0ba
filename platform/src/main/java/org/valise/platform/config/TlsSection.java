package org.valise.platform.config;

import org.valise.platform.http.TlsConfig;

import java.nio.file.Path;
import java.util.Optional;

/// A listener with TLS beside the plain one: for other servers, where no proxy stands in front.
final class TlsSection {
    private TlsSection() {}

    /// The listener, if certificates are named.
    static Optional<TlsConfig> read(Settings s) {
        String bind = s.parsed("bind", "IP address", "0.0.0.0", "Its address.", Values::address);
        int port = s.integer("port", 8448, 0, 65_535, "Its port; 0 takes a free one.");
        Optional<Path> certificates =
                s.optional(
                        "certificates",
                        "path",
                        "PEM: the server's certificate, then its chain. With this and"
                                + " `http.tls.key` the server also listens with TLS, as other"
                                + " servers want it where no proxy does that. Read at the start.",
                        Values::path);
        Optional<Path> key =
                s.optional(
                        "key",
                        "path",
                        "PEM: the certificate's private key, unencrypted.",
                        Values::path);
        if (certificates.isPresent() != key.isPresent()) {
            s.fault("http.tls.certificates and http.tls.key go together: set both or neither.");
        }
        return certificates.flatMap(
                chain -> key.map(secret -> new TlsConfig(bind, port, chain, secret)));
    }
}
