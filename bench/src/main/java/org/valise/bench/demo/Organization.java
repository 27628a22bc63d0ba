package org.valise.bench.demo;

import org.jspecify.annotations.Nullable;
import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.machine.BenchServer;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.testing.TestAuthority;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// One organization: a server in a process of its own with a database and a certificate of its own,
/// and people. It can be taken down and brought back.
final class Organization implements AutoCloseable {
    private static final String API = "/_matrix/client/v3";

    private final String name;
    private final Path data;
    private final int port;
    private final int federationPort;
    private final TestAuthority.Issued certificate;
    private final List<String> options = new ArrayList<>();
    private final List<Person> people = new ArrayList<>();
    private final MatrixClient client;
    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable BenchServer server;

    /// Somebody who has an account.
    record Person(String displayName, Account account) {}

    /// @param folder where its data will be
    Organization(String name, Path folder, TestAuthority authority, Ports ports)
            throws IOException {
        this.name = name;
        this.data = folder.resolve(name);
        this.port = ports.preferred();
        this.federationPort = ports.any();
        this.certificate = authority.issue(name, "dns:" + serverName());
        this.client = new MatrixClient(uri(), null);
    }

    String name() {
        return name;
    }

    String serverName() {
        return name + ".example";
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    MatrixClient client() {
        return client;
    }

    List<Person> people() {
        return people;
    }

    /// Where the others find it, as in `federation.addresses`.
    String address() {
        return serverName() + "=127.0.0.1:" + federationPort;
    }

    /// Says who federates; before the first start.
    void know(List<Organization> all, Path authority) {
        List<String> names = all.stream().map(Organization::serverName).toList();
        List<String> addresses = all.stream().map(Organization::address).toList();
        set("server_name", serverName());
        set("port", Integer.toString(port));
        set("http.stop_timeout", "2s");
        set("http.tls.bind", "127.0.0.1");
        set("http.tls.port", Integer.toString(federationPort));
        set("http.tls.certificates", certificate.certificates().toString());
        set("http.tls.key", certificate.key().toString());
        set("federation.ca_file", authority.toString());
        set("federation.allowed_networks", "127.0.0.1");
        set("federation.allowed_servers", String.join(",", names));
        set("federation.addresses", String.join(",", addresses));
    }

    private void set(String key, String value) {
        options.add("--set");
        options.add(key + "=" + value);
    }

    boolean isUp() {
        return server != null;
    }

    /// Returns when it serves; nothing happens if it does.
    void start() throws IOException {
        starting.lock();
        try {
            if (server == null) {
                server = BenchServer.start(data, options);
            }
        } finally {
            starting.unlock();
        }
    }

    /// As an operator stops it.
    void stop() {
        starting.lock();
        try {
            BenchServer running = server;
            server = null;
            if (running != null) {
                running.close();
            }
        } finally {
            starting.unlock();
        }
    }

    /// As a power cut does.
    void kill() {
        starting.lock();
        try {
            BenchServer running = server;
            server = null;
            if (running != null) {
                running.kill();
            }
        } finally {
            starting.unlock();
        }
    }

    Person register(String user, String displayName, String password) throws IOException {
        Account account = client.register(user, password);
        Person person = new Person(displayName, account);
        people.add(person);
        put(
                person,
                "/profile/" + MatrixClient.encoded(account.userId()) + "/displayname",
                JsonObject.of("displayname", displayName));
        return person;
    }

    /// @param path below the client API's version
    JsonObject get(Person who, String path) throws IOException {
        return ask("GET", who, path, null);
    }

    JsonObject post(Person who, String path, JsonObject body) throws IOException {
        return ask("POST", who, path, body);
    }

    JsonObject put(Person who, String path, JsonObject body) throws IOException {
        return ask("PUT", who, path, body);
    }

    private JsonObject ask(String method, Person who, String path, @Nullable JsonObject body)
            throws IOException {
        return Json.parseObject(client.ask(method, API + path, who.account(), body).body());
    }

    @Override
    public void close() throws IOException {
        client.close();
        stop();
    }
}
