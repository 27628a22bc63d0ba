package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

final class AccessLogTest {
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    event.prepareForDeferredProcessing();
                    events.add(event);
                }
            };
    private final Logger logger =
            ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("org.valise");

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void unlisten() {
        logger.detachAppender(appender);
    }

    @Test
    void writesALineForEachRequest() throws Exception {
        var endpoint =
                TestEndpoint.signedIn(Route.get("/rooms/{roomId}"), call -> Reply.text("12345"));
        try (TestServer server = TestServer.with(endpoint)) {
            var answer = server.get("/rooms/!secret?x=hidden", "alice");
            assertThat(lines())
                    .singleElement()
                    .asString()
                    .matches(
                            "GET /rooms/\\{roomId} 200 \\d+\\.\\d\\dms 5B user=@alice:example\\.org"
                                    + " ip=127\\.0\\.0\\.1 request="
                                    + answer.header("X-Request-Id"));
        }
    }

    @Test
    void neverWritesTokensQueriesOrBodies() throws Exception {
        var refused = TestEndpoint.signedIn(Route.post("/login"), call -> Reply.empty());
        var broken =
                TestEndpoint.open(
                        Route.get("/broken"),
                        call -> {
                            throw new IllegalStateException("on purpose");
                        });
        try (TestServer server = TestServer.with(refused, broken)) {
            server.post("/login?access_token=s3cret", "{\"password\":\"s3cret\"}");
            server.get("/login?access_token=s3cret", "s3cret");
            server.get("/nowhere/s3cret?access_token=s3cret", "s3cret");
            server.get("/broken?access_token=s3cret", "s3cret");
            for (int i = 0; i < 3; i++) {
                server.get("/%ff?access_token=s3cret");
            }
            assertThat(lines())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).doesNotContain("s3cret"));
        }
    }

    @Test
    void logsAFailureOnceWithTheIdOfItsRequest() throws Exception {
        var broken =
                TestEndpoint.open(
                        Route.get("/broken"),
                        call -> {
                            LoggerFactory.getLogger("org.valise.test").info("within");
                            throw new IllegalStateException("on purpose");
                        });
        try (TestServer server = TestServer.with(broken)) {
            String id = server.get("/broken").header("X-Request-Id");
            lines();
            assertThat(events.stream().filter(event -> event.getThrowableProxy() != null))
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage()).contains(id));
            assertThat(
                            events.stream()
                                    .filter(event -> event.getFormattedMessage().equals("within")))
                    .singleElement()
                    .satisfies(event -> assertThat(event.getThreadName()).isEqualTo(id));
        }
    }

    /// The answer may be with the client before the line is written.
    private List<String> lines() throws InterruptedException {
        Thread.sleep(100);
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
