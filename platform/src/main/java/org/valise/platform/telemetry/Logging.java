package org.valise.platform.telemetry;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;

import org.slf4j.LoggerFactory;

/// Sets up logging in code: one appender to standard output, written by a thread of its own.
///
/// A line carries the name of its thread, which for a request is the request's id. Under pressure
/// lines below WARN are dropped, never a request delayed. Nothing is ever logged of a message's
/// content, of a token or of a password: what logs takes care, and the access log writes route
/// templates instead of paths.
public final class Logging {
    private static final String TEXT =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{24} [%thread] %msg%n";
    private static final int QUEUE = 8192;

    private Logging() {}

    /// Replaces whatever logging there was.
    public static void configure(LogConfig config) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder(config.format(), context));
        console.start();
        AsyncAppender async = new AsyncAppender();
        async.setContext(context);
        async.setQueueSize(QUEUE);
        async.setNeverBlock(true);
        async.addAppender(console);
        async.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(config.level(), Level.INFO));
        root.addAppender(async);
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
                    case JSON -> {
                        JsonEncoder json = new JsonEncoder();
                        json.setWithContext(false);
                        json.setWithSequenceNumber(false);
                        json.setWithNanoseconds(false);
                        json.setWithMDC(false);
                        json.setWithMarkers(false);
                        json.setWithArguments(false);
                        json.setWithMessage(false);
                        json.setWithFormattedMessage(true);
                        yield json;
                    }
                };
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
