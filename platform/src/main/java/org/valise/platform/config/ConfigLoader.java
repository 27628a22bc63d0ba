package org.valise.platform.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Brings the sources together and finds what nobody reads.
final class ConfigLoader {
    private final List<String> faults = new ArrayList<>();

    private ConfigLoader() {}

    static ValiseConfig load(
            Optional<Path> file, Map<String, String> environment, Map<String, String> options) {
        ConfigLoader loader = new ConfigLoader();
        Map<String, Given> inFile =
                file.map(path -> YamlFile.read(path, loader.faults)).orElse(Map.of());
        return loader.load(inFile, environment, options);
    }

    static ValiseConfig parse(
            String yaml, Map<String, String> environment, Map<String, String> options) {
        ConfigLoader loader = new ConfigLoader();
        return loader.load(
                YamlFile.parse(yaml, "valise.yaml", loader.faults), environment, options);
    }

    private ValiseConfig load(
            Map<String, Given> file, Map<String, String> environment, Map<String, String> options) {
        Map<String, Given> given = new LinkedHashMap<>();
        options.forEach((key, value) -> given.put(key, Given.one(value, "option " + key)));
        Settings.Sources sources = new Settings.Sources(given, Environment.read(environment), file);
        Settings settings = Settings.of(sources, faults);
        ValiseConfig config = ValiseConfig.read(settings);
        Set<String> known = settings.declared().keySet();
        sources.options().forEach((key, value) -> checkKnown(key, value, known));
        sources.file().forEach((key, value) -> checkKnown(key, value, known));
        sources.environment().keySet().forEach(name -> checkKnownVariable(name, known));
        if (!faults.isEmpty()) throw new ConfigException(faults);
        return config;
    }

    private void checkKnown(String key, Given value, Set<String> known) {
        if (known.contains(key)) return;
        if (known.stream().anyMatch(other -> other.startsWith(key + "."))) {
            faults.add(
                    "%s: %s is a section: its keys go below it, indented."
                            .formatted(value.where(), key));
            return;
        }
        faults.add(
                "%s: there is no key \"%s\".%s"
                        .formatted(value.where(), key, Nearest.hint(key, known)));
    }

    private void checkKnownVariable(String name, Set<String> known) {
        if (known.stream().map(Environment::nameOf).anyMatch(name::equals)) return;
        faults.add(
                "the environment variable %s is no key of Valise.%s"
                        .formatted(name, Environment.nearest(name, known)));
    }
}
