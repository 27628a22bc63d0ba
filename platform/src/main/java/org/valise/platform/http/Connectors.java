package org.valise.platform.http;

import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_PARAMETER;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_SEGMENT;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR;
import static org.eclipse.jetty.http.UriCompliance.Violation.ILLEGAL_PATH_CHARACTERS;
import static org.eclipse.jetty.http.UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

import java.time.Duration;

/// How Jetty listens: plain and with TLS, HTTP/1.1 and HTTP/2 on both.
final class Connectors {
    /// How long idle connections have to be closed properly, once nothing is in flight.
    static final Duration CLOSING = Duration.ofMillis(500);

    /// Connections the kernel holds until they are accepted: a node's clients all come back at once
    /// after a restart.
    private static final int BACKLOG = 4096;

    private Connectors() {}

    static ServerConnector plain(Server server, HttpConfig config) {
        HttpConfiguration http = http();
        ServerConnector connector =
                new ServerConnector(
                        server,
                        1,
                        -1,
                        new HttpConnectionFactory(http),
                        new HTTP2CServerConnectionFactory(http));
        return listening(connector, config.host(), config.port(), config.idleTimeout());
    }

    static ServerConnector tls(
            Server server, TlsConfig tls, SslContextFactory.Server keys, Duration idleTimeout) {
        HttpConfiguration http = http();
        // Names are not checked against the certificate: over federation a server asks by the name
        // that it was
        // delegated from, and there is but one site here.
        http.addCustomizer(new SecureRequestCustomizer(false, false, -1, false));
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
        alpn.setDefaultProtocol("http/1.1");
        ServerConnector connector =
                new ServerConnector(
                        server,
                        1,
                        -1,
                        new SslConnectionFactory(keys, alpn.getProtocol()),
                        alpn,
                        new HTTP2ServerConnectionFactory(http),
                        new HttpConnectionFactory(http));
        return listening(connector, tls.host(), tls.port(), idleTimeout);
    }

    private static ServerConnector listening(
            ServerConnector connector, String host, int port, Duration idleTimeout) {
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(idleTimeout.toMillis());
        connector.setShutdownIdleTimeout(CLOSING.toMillis() / 2);
        connector.setAcceptQueueSize(BACKLOG);
        return connector;
    }

    private static HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        // Matrix ids, aliases and state keys hold what Jetty takes for an attack on files: the
        // router works on the raw
        // path and decodes segment by segment.
        http.setUriCompliance(
                UriCompliance.DEFAULT.with(
                        "matrix",
                        AMBIGUOUS_PATH_SEPARATOR,
                        AMBIGUOUS_PATH_ENCODING,
                        AMBIGUOUS_EMPTY_SEGMENT,
                        AMBIGUOUS_PATH_SEGMENT,
                        AMBIGUOUS_PATH_PARAMETER,
                        SUSPICIOUS_PATH_CHARACTERS,
                        ILLEGAL_PATH_CHARACTERS));
        return http;
    }
}
