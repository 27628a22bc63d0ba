package org.valise.platform.telemetry;

import java.util.Map;

/// How a process logs, to standard output.
///
/// @param level of everything: `DEBUG`, `INFO`, `WARN`, `ERROR`
/// @param levels of single loggers, by name
public record LogConfig(Format format, String level, Map<String, String> levels) {

    /// For people or for machines.
    public enum Format {
        TEXT,
        JSON
    }

    public static LogConfig defaults() {
        return new LogConfig(Format.TEXT, "INFO", Map.of());
    }
}
