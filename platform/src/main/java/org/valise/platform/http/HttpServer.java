package org.valise.platform.http;

import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.URI;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Serves endpoints over HTTP/1.1 and HTTP/2, plain and with TLS, each request on a virtual thread
/// of its own.
public final class HttpServer implements AutoCloseable {
    /// Platform threads: selectors, an acceptor, the few that read requests.
    private static final int MOST_PLATFORM_THREADS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private final HttpConfig config;
    private final Router router;
    private final Draining draining = new Draining();
    private final Server server;
    private final ServerConnector plain;
    private final @Nullable ServerConnector tls;
    private final SslContextFactory.Server keys = new SslContextFactory.Server();
    private final AtomicBoolean closed = new AtomicBoolean();

    public HttpServer(
            HttpConfig config,
            List<? extends Endpoint> endpoints,
            Authenticator authenticator,
            RateLimits limits) {
        this(config, endpoints, HttpPorts.of(authenticator, limits));
    }

    public HttpServer(HttpConfig config, List<? extends Endpoint> endpoints, HttpPorts ports) {
        this.config = config;
        this.router = new Router(endpoints.stream().map(Operation::of).toList());
        this.server = new Server(threads());
        this.plain = Connectors.plain(server, config);
        this.tls = tls(config.tls());
        var setting =
                new Exchange.Setting(
                        new RequestIds(),
                        new ClientAddress(config.trustedProxies()),
                        new AccessLog(config.accessLog()),
                        ports.observer(),
                        draining,
                        config.cors(),
                        config.gzip(),
                        config.maxBody(),
                        config.idleTimeout().dividedBy(4));
        server.addConnector(plain);
        if (tls != null) {
            server.addConnector(tls);
        }
        server.addBean(new NetworkConnectionLimit(config.maxConnections(), server));
        server.setErrorHandler(new MatrixErrorHandler(config.cors()));
        server.setHandler(new VirtualThreadHandler(new Pipeline(router, ports, setting)));
        server.setStopTimeout(Connectors.CLOSING.toMillis());
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(MOST_PLATFORM_THREADS);
        threads.setName("http");
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        return threads;
    }

    private @Nullable ServerConnector tls(@Nullable TlsConfig config) {
        if (config == null) {
            return null;
        }
        keys.setKeyStore(PemKeys.load(config));
        keys.setKeyStorePassword("");
        return Connectors.tls(server, config, keys, this.config.idleTimeout());
    }

    /// Listens; returns when connections are accepted.
    public HttpServer start() {
        try {
            server.start();
        } catch (Exception e) {
            throw new CannotListen(config, e);
        }
        return this;
    }

    /// The port it really listens on.
    public int port() {
        return plain.getLocalPort();
    }

    /// The port it really listens on with TLS.
    ///
    /// @throws IllegalStateException if it does not
    public int tlsPort() {
        if (tls == null) {
            throw new IllegalStateException("no TLS listener");
        }
        return tls.getLocalPort();
    }

    /// Reads certificates and key again, after their renewal; open connections keep theirs.
    ///
    /// @throws IllegalArgumentException if they cannot be used; those there were then remain
    public void reloadCertificates() {
        TlsConfig config = this.config.tls();
        if (config == null) {
            return;
        }
        KeyStore renewed = PemKeys.load(config);
        try {
            keys.reload(factory -> factory.setKeyStore(renewed));
        } catch (Exception e) {
            throw new IllegalArgumentException("cannot use the renewed certificates", e);
        }
    }

    /// Where it is reached from this machine.
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /// What it serves.
    public List<Route> routes() {
        return router.operations().stream().map(Operation::route).toList();
    }

    /// How many connections are open.
    public int connections() {
        return plain.getConnectedEndPoints().size()
                + (tls == null ? 0 : tls.getConnectedEndPoints().size());
    }

    /// Tells long polls that a stop is under way.
    public Draining draining() {
        return draining;
    }

    /// Accepts no more connections, releases long polls, and waits for what is in flight as long as
    /// the configuration allows; requests that still come over open connections are answered, too.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        plain.close();
        if (tls != null) {
            tls.close();
        }
        draining.start();
        if (!draining.awaitNothingInFlight(config.stopTimeout())) {
            LOG.warn("stopping with {} requests in flight", draining.inFlight());
        }
        // Only now Jetty's own stop: it resets HTTP/2 streams that say nothing for longer than its
        // idle timeout.
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.debug("not every connection was closed in time", e);
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server did not stop in order", e);
        }
    }
}
