package org.valise.platform.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The reference of all keys, printed from their declarations.
public final class ConfigReference {
    private static final String LIMITS = "rate_limits.";

    /// Keys of which there is one for each operation.
    private static final List<String> OF_OPERATIONS =
            List.of(
                    LIMITS + RateLimitsSection.OPERATIONS + ".",
                    LIMITS + RateLimitsSection.FEDERATION_OPERATIONS + ".");

    private static final int WIDTH = 100;

    private ConfigReference() {}

    /// For `--help-config`: a commented file with every key at its default.
    public static String yaml() {
        StringBuilder out = new StringBuilder();
        String section = "";
        for (Settings.Declared declared : declared()) {
            String[] parts = declared.key().split("\\.");
            String own =
                    declared.key()
                            .substring(
                                    0, declared.key().length() - parts[parts.length - 1].length());
            if (!own.equals(section)) {
                out.append(headings(section, own));
                section = own;
            }
            String indent = "  ".repeat(parts.length - 1);
            boolean one = declared.key().startsWith(LIMITS) && parts.length == 3;
            if (!one) {
                for (String line : wrapped(declared.meaning() + " (" + declared.type() + ")"))
                    out.append(indent).append("# ").append(line).append('\n');
            }
            out.append(indent)
                    .append('#')
                    .append(parts[parts.length - 1])
                    .append(':')
                    .append(value(declared))
                    .append('\n');
        }
        return out.toString();
    }

    /// `docs/configuration.md`.
    static String markdown() {
        StringBuilder out =
                new StringBuilder(
                        """
                        # Configuration

                        Everything has a default: without any of this Valise runs as `localhost` on 127.0.0.1:8008, with its own PostgreSQL in `./data`.

                        A key can be set in three places; the first that has it wins:
                        1. an option on the command line: `--set database.pool_size=20`;
                        2. an environment variable: `VALISE_DATABASE_POOL_SIZE=20` (lists separated by commas);
                        3. the file `valise.yaml` (another one: `--config FILE`), where a dot is a level:

                        ```yaml
                        server_name: example.org
                        public_base_url: https://matrix.example.org
                        database:
                          url: postgresql://db.internal:5432/valise
                          user: valise
                          password_file: /run/secrets/valise-database
                        ```

                        All faults are reported at once, and an unknown key is a fault. Durations have a unit (`500ms`, `30s`, `5m`, `12h`, `7d`), sizes may
                        (`64K`, `10M`, `2G`). Secrets are never printed. `--help-config` prints all keys as a commented file.

                        <!-- Printed from the declarations in ValiseConfig by ConfigReferenceTest: edit there. -->

                        | key | type | default | meaning |
                        |---|---|---|---|
                        """);
        List<Settings.Declared> limits = new ArrayList<>();
        for (Settings.Declared declared : declared()) {
            if (declared.key().startsWith(LIMITS) && declared.key().split("\\.").length == 3)
                limits.add(declared);
            else
                out.append(
                        "| `%s` | %s | %s | %s |\n"
                                .formatted(
                                        declared.key(),
                                        declared.type(),
                                        code(declared.defaultText()),
                                        declared.meaning()));
        }
        out.append(
                """

                ## The embedded database

                Without `database.url` Valise runs PostgreSQL itself, in `<data>/postgresql`. Settings of your own go into `postgresql.conf` in that
                folder (for example `work_mem = '16MB'`); they are read last. To look inside, with a `psql` of your system: the port is the fourth line of
                `cluster/postmaster.pid`, user and database are `valise`, the password is in the file `password`. Back up the whole data folder while
                Valise is stopped, never while it runs.

                ## Rate limits

                Each limit is a bucket: `rate_limits.<name>.per_second` in the long run, `rate_limits.<name>.burst` at once.

                | name | per_second | burst |
                |---|---|---|
                """);
        for (int i = 0; i < limits.size(); i += 2) {
            out.append(
                    "| `%s` | %s | %s |\n"
                            .formatted(
                                    limits.get(i).key().split("\\.")[1],
                                    limits.get(i).defaultText(),
                                    limits.get(i + 1).defaultText()));
        }
        out.append(
                """

                A single operation is counted by itself, no more with its group, where it has a bucket of its own: set both keys of
                `rate_limits.operations.<operationId>` (of the client-server API) or `rate_limits.federation_operations.<operationId>` (of the
                server-server API). The operation ids are the specification's.

                ```yaml
                rate_limits:
                  operations:
                    setTyping: {per_second: 2, burst: 20}
                  federation_operations:
                    sendTransaction: {per_second: 100, burst: 1000}
                ```
                """);
        return out.toString();
    }

    static Collection<Settings.Declared> declared() {
        Settings settings = Settings.of(Settings.Sources.NONE, new ArrayList<>());
        ValiseConfig.read(settings);
        return settings.declared().values().stream()
                .filter(declared -> OF_OPERATIONS.stream().noneMatch(declared.key()::startsWith))
                .toList();
    }

    private static String headings(String from, String to) {
        StringBuilder out = new StringBuilder();
        String[] before = from.isEmpty() ? new String[0] : from.split("\\.");
        String[] now = to.isEmpty() ? new String[0] : to.split("\\.");
        int same = 0;
        while (same < before.length && same < now.length && before[same].equals(now[same])) same++;
        if (same == 0) out.append('\n');
        for (int i = same; i < now.length; i++)
            out.append("  ".repeat(i)).append('#').append(now[i]).append(":\n");
        return out.toString();
    }

    private static String value(Settings.Declared declared) {
        if (declared.defaultText().isEmpty()) return "";
        return declared.type().startsWith("list")
                ? " [" + quotedMembers(declared.defaultText()) + "]"
                : " " + declared.defaultText();
    }

    private static String quotedMembers(String members) {
        return "\"" + members.replace(", ", "\", \"") + "\"";
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + word.length() >= WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (!line.isEmpty()) line.append(' ');
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
