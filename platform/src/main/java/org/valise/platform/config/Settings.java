package org.valise.platform.config;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Reads the keys of one section, and notes each as it is read: for unknown keys, and for the
/// reference.
///
/// Whatever is wrong is noted as a fault and the default taken, so that reading goes on and finds
/// the next.
final class Settings {
    private static final String FILE_SUFFIX = "_file";

    /// A key as the reference shows it.
    record Declared(String key, String type, String defaultText, String meaning) {}

    private final String prefix;
    private final Sources sources;
    private final Map<String, Declared> declared;
    private final List<String> faults;

    private Settings(
            String prefix, Sources sources, Map<String, Declared> declared, List<String> faults) {
        this.prefix = prefix;
        this.sources = sources;
        this.declared = declared;
        this.faults = faults;
    }

    static Settings of(Sources sources, List<String> faults) {
        return new Settings("", sources, new LinkedHashMap<>(), faults);
    }

    Settings section(String name) {
        return new Settings(prefix + name + ".", sources, declared, faults);
    }

    /// Every key that was read so far, by all sections.
    Map<String, Declared> declared() {
        return declared;
    }

    String text(String name, String byDefault, String meaning) {
        return value(
                name,
                "text",
                byDefault,
                byDefault.isEmpty() ? "" : byDefault,
                meaning,
                Function.identity());
    }

    Optional<String> optionalText(String name, String meaning) {
        return optional(name, "text", meaning, Function.identity());
    }

    <T> Optional<T> optional(String name, String type, String meaning, Function<String, T> parse) {
        return value(
                name,
                type,
                Optional.empty(),
                "",
                meaning,
                text -> text.isEmpty() ? Optional.empty() : Optional.of(parse.apply(text)));
    }

    /// A value of another type; `parse` throws an IllegalArgumentException whose message ends "it
    /// must be …".
    <T> T parsed(
            String name, String type, String byDefault, String meaning, Function<String, T> parse) {
        return value(name, type, parse.apply(byDefault), byDefault, meaning, parse);
    }

    boolean flag(String name, boolean byDefault, String meaning) {
        return value(
                name,
                "true or false",
                byDefault,
                Boolean.toString(byDefault),
                meaning,
                text ->
                        switch (text.toLowerCase(Locale.ROOT)) {
                            case "true", "yes", "on", "1" -> true;
                            case "false", "no", "off", "0" -> false;
                            default -> throw new IllegalArgumentException("true or false");
                        });
    }

    int integer(String name, int byDefault, int least, int most, String meaning) {
        String type = "integer, %d to %d".formatted(least, most);
        return value(
                name,
                type,
                byDefault,
                Integer.toString(byDefault),
                meaning,
                text -> {
                    long number;
                    try {
                        number = Long.parseLong(text);
                    } catch (NumberFormatException e) {
                        throw new IllegalArgumentException("an " + type);
                    }
                    if (number < least || number > most)
                        throw new IllegalArgumentException("an " + type);
                    return (int) number;
                });
    }

    double number(String name, double byDefault, double least, double most, String meaning) {
        String type = "number, %s to %s".formatted(plain(least), plain(most));
        return value(
                name,
                type,
                byDefault,
                plain(byDefault),
                meaning,
                text -> {
                    double number;
                    try {
                        number = Double.parseDouble(text);
                    } catch (NumberFormatException e) {
                        throw new IllegalArgumentException("a " + type);
                    }
                    if (!(number >= least && number <= most))
                        throw new IllegalArgumentException("a " + type);
                    return number;
                });
    }

    Duration duration(
            String name, Duration byDefault, Duration least, Duration most, String meaning) {
        String range = Quantities.text(least) + " to " + Quantities.text(most);
        return value(
                name,
                "duration, " + range,
                byDefault,
                Quantities.text(byDefault),
                meaning,
                text -> {
                    Duration duration = Quantities.duration(text);
                    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0)
                        throw new IllegalArgumentException("a duration of " + range);
                    return duration;
                });
    }

    long size(String name, long byDefault, long least, long most, String meaning) {
        String range = Quantities.text(least) + " to " + Quantities.text(most);
        return value(
                name,
                "size, " + range,
                byDefault,
                Quantities.text(byDefault),
                meaning,
                text -> {
                    long size = Quantities.size(text);
                    if (size < least || size > most)
                        throw new IllegalArgumentException("a size of " + range);
                    return size;
                });
    }

    <E extends Enum<E>> E choice(String name, E byDefault, Class<E> type, String meaning) {
        List<E> all = List.of(type.getEnumConstants());
        String words = all.stream().map(Settings::word).collect(Collectors.joining(", "));
        return value(
                name,
                "one of " + words,
                byDefault,
                word(byDefault),
                meaning,
                text ->
                        all.stream()
                                .filter(one -> word(one).equals(text))
                                .findFirst()
                                .orElseThrow(
                                        () -> new IllegalArgumentException("one of " + words)));
    }

    List<String> list(
            String name,
            List<String> byDefault,
            String members,
            String meaning,
            Function<String, ?> check) {
        note(
                name,
                "list of " + members,
                byDefault.isEmpty() ? "" : String.join(", ", byDefault),
                meaning);
        Optional<Given> found = sources.find(prefix + name);
        if (found.isEmpty()) return byDefault;
        List<String> good = new ArrayList<>();
        for (String member : found.get().members()) {
            attempt(name, found.get().where(), member, check)
                    .ifPresent(ignored -> good.add(member));
        }
        return List.copyOf(good);
    }

    /// A secret, given in the open or, better, as the name of a file that holds it (`…_file`).
    Secret secret(String name, String meaning) {
        note(name, "secret", "", meaning);
        note(
                name + FILE_SUFFIX,
                "path",
                "",
                "A file that holds `"
                        + prefix
                        + name
                        + "`, so that it stands neither in this file nor in the environment.");
        Optional<Given> open = single(name);
        Optional<Given> file = single(name + FILE_SUFFIX);
        if (open.isPresent() && file.isPresent()) {
            faults.add(
                    "%s: set either %s or %s, not both."
                            .formatted(
                                    file.get().where(),
                                    prefix + name,
                                    prefix + name + FILE_SUFFIX));
        }
        return file.map(given -> contentOf(given, name))
                .orElseGet(() ->
                        open.map(given -> Secret.of(given.texts().getFirst()))
                                .orElse(Secret.none()));
    }

    List<Secret> secrets(String name, String meaning) {
        note(name, "list of secrets", "", meaning);
        return sources.find(prefix + name)
                .map(given -> given.members().stream().map(Secret::of).toList())
                .orElse(List.of());
    }

    /// Whether the key is set anywhere, well or not.
    boolean isGiven(String name) {
        return sources.find(prefix + name).isPresent();
    }

    /// Notes a fault that concerns several keys.
    void fault(String message) {
        faults.add(message);
    }

    private <T> T value(
            String name,
            String type,
            T byDefault,
            String defaultText,
            String meaning,
            Function<String, T> parse) {
        note(name, type, defaultText, meaning);
        return single(name)
                .flatMap(given ->
                        attempt(name, given.where(), given.texts().getFirst().strip(), parse))
                .orElse(byDefault);
    }

    private Optional<Given> single(String name) {
        Optional<Given> found = sources.find(prefix + name);
        if (found.isPresent() && found.get().isList()) {
            faults.add(
                    "%s: %s takes one value, not a list."
                            .formatted(found.get().where(), prefix + name));
            return Optional.empty();
        }
        return found;
    }

    private <T> Optional<T> attempt(
            String name, String where, String text, Function<String, T> parse) {
        try {
            return Optional.of(parse.apply(text));
        } catch (IllegalArgumentException | ArithmeticException e) {
            String key = prefix + name;
            faults.add(
                    "%s: %s is \"%s\": it must be %s."
                            .formatted(where, key, Secret.masked(text), e.getMessage()));
            return Optional.empty();
        }
    }

    private Secret contentOf(Given file, String name) {
        try {
            String content = Files.readString(Path.of(file.texts().getFirst().strip())).strip();
            if (!content.isEmpty()) return Secret.of(content);
            faults.add(
                    "%s: the file %s is empty; it must hold %s."
                            .formatted(file.where(), file.texts().getFirst(), prefix + name));
        } catch (IOException | RuntimeException e) {
            faults.add(
                    "%s: the file %s cannot be read (%s)."
                            .formatted(
                                    file.where(),
                                    file.texts().getFirst(),
                                    e.getClass().getSimpleName()));
        }
        return Secret.none();
    }

    private void note(String name, String type, String defaultText, String meaning) {
        String key = prefix + name;
        if (declared.put(key, new Declared(key, type, defaultText, meaning)) != null) {
            throw new IllegalStateException("the key " + key + " is read twice");
        }
    }

    private static String word(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    /// Where values come from: an option goes before the environment, that before the file.
    record Sources(
            Map<String, Given> options, Map<String, Given> environment, Map<String, Given> file) {
        static final Sources NONE = new Sources(Map.of(), Map.of(), Map.of());

        Optional<Given> find(String key) {
            for (Given given :
                    Arrays.asList(
                            options.get(key),
                            environment.get(Environment.nameOf(key)),
                            file.get(key))) {
                if (given != null) return Optional.of(given);
            }
            return Optional.empty();
        }
    }
}
