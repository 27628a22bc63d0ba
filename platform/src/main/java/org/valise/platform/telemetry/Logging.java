package org.valise.platform.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;

import org.slf4j.LoggerFactory;

import java.io.FileDescriptor;
import java.io.FileOutputStream;

/// Sets up logging in code: one appender to standard output, written by a thread of its own.
///
/// A line carries the name of its thread, which for a request is the request's id. Under pressure
/// lines below WARN are dropped, never a request delayed. Nothing is ever logged of a message's
/// content, of a token or of a password: what logs takes care, and the access log writes route
/// templates instead of paths.
public final class Logging {
    private static final String TEXT =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{24} [%thread] %msg%n";

    private Logging() {}

    /// Replaces whatever logging there was.
    public static void configure(LogConfig config) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        BatchingAppender appender =
                new BatchingAppender(
                        encoder(config.format(), context),
                        new FileOutputStream(FileDescriptor.out));
        appender.setContext(context);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(config.level(), Level.INFO));
        root.addAppender(appender);
        // Jetty speaks of every connection at INFO and tells of clients' mistakes at WARN.
        context.getLogger("org.eclipse.jetty").setLevel(Level.ERROR);
        config.levels()
                .forEach((name, level) ->
                        context.getLogger(name).setLevel(Level.toLevel(level, Level.INFO)));
    }

    /// Writes what is queued; for the end of the process.
    public static void flush() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }

    private static Encoder<ILoggingEvent> encoder(LogConfig.Format format, LoggerContext context) {
        EncoderBase<ILoggingEvent> encoder =
                switch (format) {
                    case TEXT -> {
                        PatternLayoutEncoder text = new PatternLayoutEncoder();
                        text.setPattern(TEXT);
                        yield text;
                    }
                    case JSON -> new JsonLines();
                };
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
