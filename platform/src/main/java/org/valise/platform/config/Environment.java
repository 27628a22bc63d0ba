package org.valise.platform.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Environment variables: `VALISE_` and the key in capitals, with underscores for dots.
final class Environment {
    private static final String PREFIX = "VALISE_";

    /// Read by others: the start script, the tests, the choice of the file.
    private static final Pattern NOT_KEYS = Pattern.compile("VALISE_(CONFIG|HOME|JAVA_.*|TEST_.*)");

    /// What Kubernetes sets by itself in every container when a service is called "valise".
    private static final Pattern KUBERNETES =
            Pattern.compile("VALISE_(SERVICE_(HOST|PORT.*)|PORT_[0-9]+_.*)");

    private static final String KUBERNETES_PORT = "VALISE_PORT";

    private Environment() {}

    static String nameOf(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /// The variables that are keys of ours, known or not.
    static Map<String, Given> read(Map<String, String> environment) {
        Map<String, Given> given = new LinkedHashMap<>();
        environment.forEach((name, value) -> {
            if (!name.startsWith(PREFIX)) return;
            if (NOT_KEYS.matcher(name).matches() || KUBERNETES.matcher(name).matches()) return;
            if (name.equals(KUBERNETES_PORT) && value.contains("://")) return;
            given.put(name, Given.one(value, name));
        });
        return given;
    }

    /// The known variable that somebody may have meant.
    static String nearest(String name, Set<String> keys) {
        return Nearest.hint(name, keys.stream().map(Environment::nameOf).toList());
    }
}
