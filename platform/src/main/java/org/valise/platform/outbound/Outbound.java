package org.valise.platform.outbound;

import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.valise.platform.outbound.OutboundException.Reason;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Makes HTTPS requests; connections are kept and used again. It follows no redirects and keeps no
/// cookies.
public final class Outbound implements AutoCloseable {
    /// They never wait, so more than there are processors only take turns with everybody else: of
    /// many servers asked at once, each costs some milliseconds of cryptography.
    private static final int MOST_PLATFORM_THREADS =
            Math.min(16, 4 + Runtime.getRuntime().availableProcessors());

    private static final int CONNECTIONS_TO_ONE = 16;
    private static final int QUEUED_TO_ONE = 256;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofSeconds(60);

    private final ExecutorService lookups = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;

    /// @throws IllegalArgumentException if the certificate authorities cannot be used
    public Outbound(OutboundConfig config) {
        ClientConnector connector = new ClientConnector();
        connector.setSslContextFactory(ssl(config));
        client = new HttpClient(new HttpClientTransportOverHTTP(connector));
        QueuedThreadPool threads = new QueuedThreadPool(MOST_PLATFORM_THREADS, 2);
        threads.setName("outbound");
        threads.setDaemon(true);
        client.setExecutor(threads);
        client.setSocketAddressResolver(
                new PermittedAddresses(config.hosts(), config.addresses(), lookups));
        client.setFollowRedirects(false);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "Valise"));
        client.setMaxConnectionsPerDestination(CONNECTIONS_TO_ONE);
        client.setMaxRequestsQueuedPerDestination(QUEUED_TO_ONE);
        client.setConnectTimeout(CONNECT.toMillis());
        client.setIdleTimeout(IDLE.toMillis());
        client.setDestinationIdleTimeout(IDLE.toMillis());
        try {
            client.start();
            // An answer is for who asked: servers refuse with 401 and no WWW-Authenticate, say.
            client.getProtocolHandlers().clear();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP client does not start", e);
        }
    }

    private static SslContextFactory.Client ssl(OutboundConfig config) {
        SslContextFactory.Client ssl = new SslContextFactory.Client();
        config.certificateAuthorities().ifPresent(file -> ssl.setTrustStore(trusted(file)));
        return ssl;
    }

    private static KeyStore trusted(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca" + number++, one);
            }
            if (number == 0) {
                throw new GeneralSecurityException("it holds no certificate");
            }
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "cannot use the certificate authorities in " + file + ": " + e.getMessage(), e);
        }
    }

    /// What takes an answer, of whatever status.
    @FunctionalInterface
    public interface Reader<T> {
        T read(OutboundResponse response) throws IOException;
    }

    /// Makes a request and hands the answer over while it comes.
    ///
    /// @throws OutboundException if there is no answer, or the reader could not read it
    public <T> T exchange(OutboundRequest request, Reader<T> reader) throws OutboundException {
        Request prepared = prepare(request);
        try (InputStreamResponseListener answer = new InputStreamResponseListener()) {
            prepared.send(answer);
            try {
                var response = answer.get(request.timeout().toMillis(), TimeUnit.MILLISECONDS);
                try (InputStream body =
                        new BoundedBody(answer.getInputStream(), request.mostBytes())) {
                    return reader.read(new OutboundResponse(response, body));
                }
            } catch (IOException | ExecutionException | TimeoutException e) {
                prepared.abort(e);
                throw failure(request, e);
            } catch (InterruptedException e) {
                prepared.abort(e);
                Thread.currentThread().interrupt();
                throw new OutboundException(Reason.UNREACHABLE, "interrupted", e);
            }
        } catch (OutboundException e) {
            throw e;
        } catch (IOException e) {
            throw failure(request, e);
        }
    }

    private Request prepare(OutboundRequest request) {
        Target target = request.target();
        Request prepared =
                client.newRequest(target.name(), target.locations().getFirst().port())
                        .scheme("https")
                        .method(request.method())
                        .path(request.pathAndQuery())
                        .tag(target)
                        .timeout(request.timeout().toMillis(), TimeUnit.MILLISECONDS)
                        .headers(headers -> {
                            headers.put(HttpHeader.HOST, target.hostHeader());
                            request.headers().forEach(headers::put);
                        });
        byte[] json = request.json();
        if (json != null) {
            prepared.body(new BytesRequestContent("application/json", json));
        }
        return prepared;
    }

    private static OutboundException failure(OutboundRequest request, Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutboundException known) {
                return known;
            }
            if (cause instanceof TimeoutException) {
                return new OutboundException(
                        Reason.TIMEOUT,
                        request.target().name() + " did not answer in time",
                        thrown);
            }
        }
        Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
        return new OutboundException(
                Reason.UNREACHABLE,
                "%s cannot be reached: %s".formatted(request.target().name(), cause.getMessage()),
                thrown);
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP client does not stop", e);
        } finally {
            lookups.shutdownNow();
        }
    }
}
