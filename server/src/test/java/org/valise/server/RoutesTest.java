package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Auth;
import org.valise.platform.http.OperationName;
import org.valise.platform.http.Route;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Compares what is served with the table of the specification's operations.
///
/// `not-served-yet.txt` is the debt: it may only shrink.
class RoutesTest {
    private static final TestServer SERVER = TestServer.start();
    private static final List<Operation> SPECIFICATION = specification();

    /// The APIs of a homeserver; the others belong to other roles.
    private static final Set<String> OURS = Set.of("client-server", "server-server");

    /// What the specification's table calls the ways to authenticate.
    private static final Map<String, Auth> AUTHENTICATION =
            Map.of(
                    "none", Auth.NONE,
                    "accessTokenBearer+accessTokenQuery", Auth.ACCESS_TOKEN,
                    "accessTokenBearer?+accessTokenQuery?", Auth.OPTIONAL,
                    "optional", Auth.OPTIONAL,
                    "signedRequest", Auth.SERVER_SIGNATURE);

    /// NOTSPEC: the specification lets anybody read profiles; a token is looked at where there is
    /// one, so that an operator may later ask for it.
    private static final Set<String> TOKEN_IS_LOOKED_AT =
            Set.of("getUserProfile", "getProfileField");

    /// NOTSPEC: limited although the specification says otherwise. SECURITY: a room is many events,
    /// so making rooms is the cheapest way to flood a server.
    private static final Set<String> LIMITED_ANYWAY = Set.of("createRoom", "upgradeRoom");

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void theListOfWhatIsNotServedYetIsExact() {
        var served = SERVER.routes().stream().map(RoutesTest::address).collect(Collectors.toSet());
        var missing =
                SPECIFICATION.stream()
                        .filter(operation -> OURS.contains(operation.api()))
                        .filter(operation -> !served.contains(operation.address()))
                        .map(Operation::line)
                        .collect(Collectors.toCollection(TreeSet::new));
        write("target/not-served-yet.txt", missing); // to be copied over the list when it shrinks
        var listed = new TreeSet<>(Resources.lines("not-served-yet.txt"));
        var noLongerServed = new TreeSet<>(missing);
        noLongerServed.removeAll(listed);
        var servedNow = new TreeSet<>(listed);
        servedNow.removeAll(missing);

        assertThat(noLongerServed)
                .as(
                        "operations that are neither served nor listed: what was served once stays"
                                + " served")
                .isEmpty();
        assertThat(servedNow)
                .as(
                        "operations that are served now: take them out of not-served-yet.txt, it"
                                + " only shrinks")
                .isEmpty();
    }

    @Test
    void routesAreCalledAsInTheSpecification() {
        for (Route route : SERVER.routes()) {
            var names =
                    SPECIFICATION.stream()
                            .filter(operation -> operation.address().equals(address(route)))
                            .map(Operation::name)
                            .toList();
            if (route.isSpecified()) {
                assertThat(names)
                        .as("%s is declared as the specification's %s", route, route.operation())
                        .contains(route.operation());
            } else {
                assertThat(names).as("%s is declared as an extension", route).isEmpty();
            }
        }
    }

    @Test
    void everyOperationCanBeLimitedByItself() {
        assertThat(SERVER.routes().stream().map(OperationName::of))
                .as(
                        "operations that an operator cannot name: add them to operations.txt in"
                                + " org.valise.platform.http")
                .isSubsetOf(OperationName.known());
    }

    @Test
    void routesAuthenticateAsSpecified() {
        var differing = new ArrayList<String>();
        forEachSpecified((route, operation) -> {
            Auth specified = AUTHENTICATION.get(operation.auth());
            if (route.auth() != specified && !TOKEN_IS_LOOKED_AT.contains(operation.name())) {
                differing.add(route + ": " + route.auth() + ", specified: " + specified);
            }
        });
        assertThat(differing).as("routes that authenticate otherwise than specified").isEmpty();
    }

    /// Everything has a limit here. Where the specification says "Rate limited: No" it must be one
    /// that only an attack reaches.
    @Test
    void routesThatAreNotRateLimitedHaveOnlyAGenerousLimit() {
        var strict = new ArrayList<String>();
        forEachSpecified((route, operation) -> {
            var rate = route.limit().defaultRate();
            boolean generous = rate.perSecond() >= 5 && rate.burst() >= 50;
            if (!operation.rateLimited()
                    && !generous
                    && !LIMITED_ANYWAY.contains(operation.name())) {
                strict.add(route + ": " + route.limit() + " " + rate);
            }
        });
        assertThat(strict).as("routes that the specification does not limit").isEmpty();
    }

    private interface Check {
        void check(Route route, Operation operation);
    }

    private static void forEachSpecified(Check check) {
        for (Route route : SERVER.routes()) {
            SPECIFICATION.stream()
                    .filter(operation -> operation.address().equals(address(route)))
                    .filter(operation -> operation.name().equals(route.operation()))
                    .forEach(operation -> check.check(route, operation));
        }
    }

    /// A line of the table.
    private record Operation(
            String api, String name, String method, String path, String auth, boolean rateLimited) {
        static Operation of(String line) {
            String[] cells = line.split("\t", -1);
            return new Operation(
                    cells[0], cells[2], cells[3], cells[4], cells[5], cells[6].equals("429"));
        }

        String address() {
            return method + " " + anonymous(path);
        }

        String line() {
            return api + " " + method + " " + path + " " + name;
        }
    }

    private static String address(Route route) {
        return route.method() + " " + anonymous(route.template());
    }

    /// Parameters may be called otherwise.
    private static String anonymous(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }

    private static List<Operation> specification() {
        var lines = new ArrayList<>(Resources.lines("matrix-endpoints-v1.19.tsv"));
        lines.removeFirst();
        return lines.stream().map(Operation::of).toList();
    }

    private static void write(String file, Collection<String> lines) {
        try {
            Files.write(Path.of(file), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
