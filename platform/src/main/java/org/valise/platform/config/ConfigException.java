package org.valise.platform.config;

import java.util.List;

/// The configuration has faults: all of them, so that they are mended in one go.
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final List<String> faults;

    public ConfigException(List<String> faults) {
        super(
                (faults.size() == 1
                                ? "The configuration has a fault:"
                                : "The configuration has " + faults.size() + " faults:")
                        + "\n  - "
                        + String.join("\n  - ", faults)
                        + "\nAll keys: docs/configuration.md, or start with --help-config.");
        this.faults = List.copyOf(faults);
    }

    public List<String> faults() {
        return faults;
    }
}
