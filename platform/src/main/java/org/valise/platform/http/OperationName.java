package org.valise.platform.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What an operation is called where it is configured: the specification's `operationId`, or our
/// own name for what the specification does not have.
///
/// @param federation whether it is for other servers: some names are used for clients, too
public record OperationName(boolean federation, String id) {
    private static final String LIST = "operations.txt";
    private static final String FEDERATION = "federation";
    private static final List<String> FOR_SERVERS =
            List.of(
                    "/_matrix/federation/",
                    "/_matrix/key/",
                    "/_matrix/policy/",
                    "/.well-known/matrix/server");

    public static OperationName of(Route route) {
        return new OperationName(
                FOR_SERVERS.stream().anyMatch(route.template()::startsWith), route.operation());
    }

    /// All there are, also those that are not served yet.
    public static Set<OperationName> known() {
        Set<OperationName> names = new LinkedHashSet<>();
        try (InputStream list = OperationName.class.getResourceAsStream(LIST)) {
            if (list == null) {
                throw new IllegalStateException(LIST + " is not in the jar");
            }
            new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))
                    .lines()
                    .map(line -> line.split(" "))
                    .forEach(words ->
                            names.add(new OperationName(words[0].equals(FEDERATION), words[1])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Collections.unmodifiableSet(names);
    }
}
