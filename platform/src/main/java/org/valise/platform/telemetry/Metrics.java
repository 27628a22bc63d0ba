package org.valise.platform.telemetry;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// The registry that every module counts in; one a process, handed to whoever counts.
///
/// Names begin with `valise_` and end in their unit (`_seconds`, `_bytes`, `_total`). The values of
/// a label must be a closed set: never an id, never a name.
public final class Metrics {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /// From a millisecond to the length of a long poll.
    private static final double[] SECONDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

    /// A count that only grows.
    public Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    /// How long something takes, in seconds, with fixed buckets.
    public Histogram durations(String name, String help, String... labels) {
        return histogram(name, help, SECONDS, labels);
    }

    /// How large something is, with buckets of the caller's choice.
    public Histogram histogram(String name, String help, double[] upperBounds, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(upperBounds)
                .withoutExemplars()
                .register(registry);
    }

    /// A value that is asked for when metrics are read.
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /// A value that something else counts already, asked for when metrics are read.
    public void counted(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /// Values by a label, asked for when metrics are read.
    public void gauges(
            String name,
            String help,
            String label,
            Supplier<? extends Map<String, ? extends Number>> values) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback ->
                        values.get().forEach((of, value) -> callback.call(value.doubleValue(), of)))
                .register(registry);
    }

    /// Values by a label that something else counts already, asked for when metrics are read.
    public void counted(
            String name,
            String help,
            String label,
            Supplier<? extends Map<String, ? extends Number>> values) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback ->
                        values.get().forEach((of, value) -> callback.call(value.doubleValue(), of)))
                .register(registry);
    }

    /// For metrics of a shape that the other methods do not have.
    public PrometheusRegistry registry() {
        return registry;
    }

    /// Everything in Prometheus' text format.
    byte[] render() {
        ByteArrayOutputStream text = new ByteArrayOutputStream(64 * 1024);
        try {
            writer.write(text, registry.scrape(), EscapingScheme.ALLOW_UTF8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toByteArray();
    }
}
