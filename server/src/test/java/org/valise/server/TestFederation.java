package org.valise.server;

import org.valise.testing.TestAuthority;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Servers of several organizations in one process, over TLS with a certificate authority of their
/// own. From each to each there is a [Link], which can be cut and made bad.
///
/// The server of the short name `one` is `one.test`; tests use the short names. Some may be servers
/// that the test plays itself ([FakeServer]).
final class TestFederation implements AutoCloseable {
    private final TestAuthority authority;
    private final Map<String, TestServer> servers = new LinkedHashMap<>();
    private final Map<Way, Link> links = new LinkedHashMap<>();
    private final Map<String, FakeServer> fakes = new LinkedHashMap<>();
    private final Map<String, Integer> absent = new LinkedHashMap<>();
    private final HttpClient client;

    private record Way(String from, String to) {}

    /// A federation to be.
    static final class Builder {
        private final Path folder;
        private final Map<String, String> common = new HashMap<>();
        private final Map<String, Map<String, String>> servers = new LinkedHashMap<>();
        private final Map<String, String> aliases = new HashMap<>();
        private final List<String> fakes = new ArrayList<>();
        private final List<String> absent = new ArrayList<>();

        private Builder(Path folder) {
            this.folder = folder;
        }

        /// A configuration key of every server.
        Builder with(String key, String value) {
            common.put(key, value);
            return this;
        }

        Builder server(String name) {
            return server(name, Map.of());
        }

        /// @param settings configuration keys of this server
        Builder server(String name, Map<String, String> settings) {
            servers.put(name, settings);
            return this;
        }

        /// A server that the test plays.
        Builder fake(String name) {
            fakes.add(name);
            return this;
        }

        /// A name at whose address nobody answers.
        Builder absent(String name) {
            absent.add(name);
            return this;
        }

        /// Another name that all others take for that of a server, which cannot prove it.
        Builder alias(String name, String server) {
            aliases.put(name, server);
            return this;
        }

        TestFederation start() {
            return new TestFederation(this);
        }
    }

    private TestFederation(Builder plan) {
        authority = TestAuthority.in(plan.folder);
        Map<String, TestAuthority.Issued> certificates = new HashMap<>();
        Map<String, Integer> ports = new HashMap<>();
        for (String name : plan.servers.keySet()) {
            certificates.put(name, authority.issue(name, "dns:" + nameOf(name) + ",ip:127.0.0.1"));
            ports.put(name, FakeServer.freePort());
        }
        plan.absent.forEach(name -> absent.put(name, FakeServer.freePort()));
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(authority.context("ca"))
                        .build();
        try {
            for (String name : plan.fakes) {
                fakes.put(name, new FakeServer(authority, nameOf(name), FakeServer.freePort()));
            }
            for (String to : plan.servers.keySet()) {
                URI where = URI.create("https://127.0.0.1:" + ports.get(to));
                for (String from : plan.servers.keySet()) {
                    if (!from.equals(to)) {
                        links.put(
                                new Way(from, to), new Link(authority.context(to), client, where));
                    }
                }
            }
            plan.servers.forEach((name, settings) -> {
                Map<String, String> all = new HashMap<>(plan.common);
                all.put("server_name", nameOf(name));
                all.put("port", Integer.toString(FakeServer.freePort()));
                all.put("http.stop_timeout", "1s");
                all.put("http.tls.bind", "127.0.0.1");
                all.put("http.tls.port", Integer.toString(ports.get(name)));
                all.put("http.tls.certificates", certificates.get(name).certificates().toString());
                all.put("http.tls.key", certificates.get(name).key().toString());
                all.put("federation.ca_file", authority.certificate().toString());
                all.put("federation.allowed_networks", "127.0.0.1");
                all.put("federation.allowed_servers", "*.test");
                all.put("federation.addresses", addresses(name, plan.aliases));
                all.putAll(settings);
                servers.put(name, TestServer.start(all));
            });
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    static Builder in(Path folder) {
        return new Builder(folder);
    }

    /// @param folder for certificates
    static TestFederation start(Path folder, String... names) {
        Builder plan = in(folder);
        for (String name : names) {
            plan.server(name);
        }
        return plan.start();
    }

    static String nameOf(String server) {
        return server + ".test";
    }

    private String addresses(String of, Map<String, String> aliases) {
        List<String> all = new ArrayList<>();
        links.forEach((way, link) -> {
            if (way.from().equals(of)) {
                all.add(nameOf(way.to()) + "=127.0.0.1:" + link.port());
                aliases.forEach((alias, server) -> {
                    if (server.equals(way.to())) {
                        all.add(nameOf(alias) + "=127.0.0.1:" + link.port());
                    }
                });
            }
        });
        fakes.forEach((name, fake) -> all.add(nameOf(name) + "=127.0.0.1:" + fake.port()));
        absent.forEach((name, port) -> all.add(nameOf(name) + "=127.0.0.1:" + port));
        return String.join(",", all);
    }

    TestServer server(String name) {
        return servers.get(name);
    }

    /// A server that the test plays.
    FakeServer fake(String name) {
        return fakes.get(name);
    }

    List<TestServer> servers() {
        return List.copyOf(servers.values());
    }

    /// Issues further certificates, for servers that a test plays itself.
    TestAuthority authority() {
        return authority;
    }

    /// A new account.
    TestClient register(String server, String user) {
        return TestClient.register(server(server), user);
    }

    /// Makes an administrator of somebody, and logs them in anew.
    void promote(String server, TestClient who) {
        server(server)
                .database()
                .run(tx ->
                        tx.update(
                                "UPDATE accounts.account SET admin = true WHERE user_number ="
                                        + " (SELECT number FROM accounts.user_number WHERE user_id"
                                        + " = ?)",
                                who.userId()));
        who.logIn();
    }

    /// The way of requests, from who asks to who answers.
    Link link(String from, String to) {
        return links.get(new Way(from, to));
    }

    /// All links, by what they connect: `one>two`.
    Map<String, Link> links() {
        return links.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                link -> link.getKey().from() + ">" + link.getKey().to(),
                                Map.Entry::getValue));
    }

    /// Two servers hear nothing of each other.
    void cut(String one, String other) {
        link(one, other).cut();
        link(other, one).cut();
    }

    /// A server hears nothing, and is not heard.
    void isolate(String name) {
        matching(way -> way.from().equals(name) || way.to().equals(name)).forEach(Link::cut);
    }

    /// Returns when the servers of two people answer each other: one that did not answer just now
    /// is left in peace for a moment.
    static void awaitReach(TestClient one, TestClient other) {
        String profile = "/_matrix/client/v3/profile/";
        Waiting.untilTrue(() -> one.get(profile + other.userId()).status() == 200);
        Waiting.untilTrue(() -> other.get(profile + one.userId()).status() == 200);
    }

    /// The network is fine again.
    void heal() {
        matching(way -> true).forEach(link -> link.set(Link.Weather.FINE));
        matching(way -> true).forEach(Link::heal);
    }

    private Stream<Link> matching(Predicate<Way> which) {
        return links.entrySet().stream()
                .filter(link -> which.test(link.getKey()))
                .map(Map.Entry::getValue);
    }

    /// Stops a server as an operator does.
    void stop(String name) {
        server(name).stop();
    }

    /// Stops a server as kill -9 does: from now on nothing of it reaches its database.
    void crash(String name) {
        server(name).crash();
    }

    /// Starts a server again, on its data and at its addresses.
    void start(String name) {
        server(name).startAgain();
    }

    @Override
    public void close() {
        servers.values().forEach(TestServer::close);
        links.values().forEach(Link::close);
        fakes.values().forEach(FakeServer::close);
        client.close();
    }
}
