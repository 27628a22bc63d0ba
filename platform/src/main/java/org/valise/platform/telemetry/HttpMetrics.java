package org.valise.platform.telemetry;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;

import org.valise.platform.http.HttpServer;
import org.valise.platform.http.RequestObserver;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Counts and times requests by operation.
public final class HttpMetrics implements RequestObserver {
    private static final int STATUSES = 600;

    private final Counter requests;
    private final Counter bytes;
    private final Histogram seconds;

    /// Data points looked up once: their maps of labels cost more than the counting.
    private final Map<String, Points> byOperation = new ConcurrentHashMap<>();

    public HttpMetrics(Metrics metrics) {
        requests =
                metrics.counter(
                        "valise_http_requests_total",
                        "Requests answered; status 499: the client went away",
                        "operation",
                        "status");
        bytes =
                metrics.counter(
                        "valise_http_response_bytes_total",
                        "Bytes of answers' bodies",
                        "operation");
        seconds =
                metrics.durations(
                        "valise_http_request_duration_seconds",
                        "From the first byte of a request to the last of its answer",
                        "operation");
    }

    /// Shows how many requests a server has in flight; one server a process.
    public static void watch(HttpServer server, Metrics metrics) {
        metrics.gauge(
                "valise_http_requests_in_flight",
                "Requests not answered yet, long polls included",
                server.draining()::inFlight);
        metrics.gauge("valise_http_connections", "Open connections", server::connections);
    }

    @Override
    public void finished(String operation, int status, long nanos, long length) {
        Points points = byOperation.computeIfAbsent(operation, Points::new);
        points.status(status).inc();
        points.bytes.inc(length);
        points.seconds.observe(nanos / 1e9);
    }

    private final class Points {
        private final String operation;
        private final CounterDataPoint bytes;
        private final DistributionDataPoint seconds;
        private final AtomicReferenceArray<CounterDataPoint> byStatus =
                new AtomicReferenceArray<>(STATUSES);

        Points(String operation) {
            this.operation = operation;
            this.bytes = HttpMetrics.this.bytes.labelValues(operation);
            this.seconds = HttpMetrics.this.seconds.labelValues(operation);
        }

        CounterDataPoint status(int status) {
            int at = status >= 0 && status < STATUSES ? status : 0;
            CounterDataPoint known = byStatus.get(at);
            if (known == null) {
                known = requests.labelValues(operation, Integer.toString(at));
                byStatus.set(at, known);
            }
            return known;
        }
    }
}
