package org.valise.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.util.LogbackMDCAdapter;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

final class BatchingAppenderTest {
    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("test");

    @Test
    void writesEveryLineInItsOrderAndTheLastAtTheStop() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BatchingAppender appender = appender(out);
        for (int i = 0; i < 5_000; i++) {
            logger.info("{}", i);
        }
        appender.stop();
        List<String> expected = IntStream.range(0, 5_000).mapToObj(Integer::toString).toList();
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactlyElementsOf(expected);
    }

    @Test
    void dropsLinesAndSaysSoRatherThanDelayWhoeverLogs() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        BatchingAppender appender =
                appender(
                        new OutputStream() {
                            @Override
                            public void write(int b) {
                                written.write(b);
                            }

                            @Override
                            public void write(byte[] bytes, int offset, int length)
                                    throws IOException {
                                try {
                                    stuck.await();
                                } catch (InterruptedException e) {
                                    throw new IOException(e);
                                }
                                written.write(bytes, offset, length);
                            }
                        });
        long before = System.nanoTime();
        for (int i = 0; i < 50_000; i++) {
            logger.info("{}", i);
        }
        assertThat(System.nanoTime() - before).isLessThan(20_000_000_000L);
        stuck.countDown();
        for (int i = 0;
                i < 200 && !written.toString(StandardCharsets.UTF_8).contains("lines dropped");
                i++) {
            Thread.sleep(20);
        }
        appender.stop();
        assertThat(written.toString(StandardCharsets.UTF_8)).contains(" log lines dropped");
    }

    private BatchingAppender appender(OutputStream out) {
        context.setMDCAdapter(new LogbackMDCAdapter());
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%msg%n");
        encoder.start();
        BatchingAppender appender = new BatchingAppender(encoder, out);
        appender.setContext(context);
        appender.start();
        logger.addAppender(appender);
        return appender;
    }
}
