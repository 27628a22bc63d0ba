package org.valise.platform.http;

import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_PARAMETER;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_SEGMENT;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR;
import static org.eclipse.jetty.http.UriCompliance.Violation.ILLEGAL_PATH_CHARACTERS;
import static org.eclipse.jetty.http.UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS;

import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Serves endpoints over HTTP/1.1 and cleartext HTTP/2, each request on a virtual thread of its
/// own.
public final class HttpServer implements AutoCloseable {
    /// Platform threads: selectors, an acceptor, the few that read requests.
    private static final int MOST_PLATFORM_THREADS = 64;

    /// Connections the kernel holds until they are accepted: a node's clients all come back at once
    /// after a restart.
    private static final int BACKLOG = 4096;

    /// How long idle connections have to be closed properly, once nothing is in flight.
    private static final Duration CLOSING = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private final HttpConfig config;
    private final Router router;
    private final Draining draining = new Draining();
    private final Server server;
    private final ServerConnector connector;
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
        this.connector = connector();
        var reporting =
                new Exchange.Reporting(
                        new RequestIds(),
                        new ClientAddress(config.trustedProxies()),
                        new AccessLog(config.accessLog()),
                        ports.observer(),
                        draining,
                        config.cors());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(config.maxConnections(), connector));
        server.setErrorHandler(new MatrixErrorHandler(config.cors()));
        server.setHandler(new VirtualThreadHandler(new Pipeline(router, ports, reporting)));
        server.setStopTimeout(CLOSING.toMillis());
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(MOST_PLATFORM_THREADS);
        threads.setName("http");
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        return threads;
    }

    private ServerConnector connector() {
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
        ServerConnector made =
                new ServerConnector(
                        server,
                        1,
                        -1,
                        new HttpConnectionFactory(http),
                        new HTTP2CServerConnectionFactory(http));
        made.setHost(config.host());
        made.setPort(config.port());
        made.setIdleTimeout(config.idleTimeout().toMillis());
        made.setShutdownIdleTimeout(CLOSING.toMillis() / 2);
        made.setAcceptQueueSize(BACKLOG);
        return made;
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
        return connector.getLocalPort();
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
        return connector.getConnectedEndPoints().size();
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
        connector.close();
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
