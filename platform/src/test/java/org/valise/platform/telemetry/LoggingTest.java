package org.valise.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.valise.protocol.json.Json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// In a process of its own: logging is the one thing that is global.
final class LoggingTest {

    @ParameterizedTest
    @EnumSource(LogConfig.Format.class)
    void writesTheRequestsIdWithEachLine(LogConfig.Format format) throws Exception {
        String output = run(format.name());
        assertThat(output)
                .contains("r-17")
                .contains("a line")
                .contains("a failure")
                .contains("IllegalStateException");
        assertThat(output).doesNotContain("too quiet").contains("let through");
        if (format == LogConfig.Format.JSON) {
            assertThat(output.lines())
                    .allSatisfy(line ->
                            assertThat(
                                            Json.parseObject(line.getBytes(StandardCharsets.UTF_8))
                                                    .string("thread"))
                                    .hasValue("r-17"));
        }
    }

    private static String run(String format) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process =
                new ProcessBuilder(
                                List.of(
                                        java.toString(),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Program.class.getName(),
                                        format))
                        .redirectErrorStream(true)
                        .start();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        process.getInputStream().transferTo(output);
        assertThat(process.waitFor()).isZero();
        return output.toString(StandardCharsets.UTF_8);
    }

    static final class Program {
        public static void main(String[] args) {
            Logging.configure(
                    new LogConfig(
                            LogConfig.Format.valueOf(args[0]),
                            "INFO",
                            Map.of("org.valise.chatty", "DEBUG")));
            Thread.currentThread().setName("r-17");
            LoggerFactory.getLogger("org.valise.test").info("a line");
            LoggerFactory.getLogger("org.valise.test").debug("too quiet");
            LoggerFactory.getLogger("org.valise.chatty").debug("let through");
            LoggerFactory.getLogger("org.valise.test")
                    .error("a failure", new IllegalStateException("on purpose"));
            Logging.flush();
        }
    }
}
