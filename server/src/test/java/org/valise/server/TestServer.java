package org.valise.server;

import org.valise.federation.peers.Peers;
import org.valise.platform.config.ValiseConfig;
import org.valise.platform.database.Database;
import org.valise.platform.database.DatabaseConfig;
import org.valise.platform.http.Route;
import org.valise.testing.TestDatabase;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A whole server on a database of its own, with registration open and no rate limits.
final class TestServer implements AutoCloseable {
    private final TestDatabase database;
    private final boolean ownsDatabase;
    private final Map<String, String> settings;
    private Valise valise;

    private TestServer(TestDatabase database, boolean ownsDatabase, Map<String, String> settings) {
        this.database = database;
        this.ownsDatabase = ownsDatabase;
        this.settings = Map.copyOf(settings);
        this.valise = on(database, settings);
    }

    static TestServer start() {
        return start(Map.of());
    }

    /// @param settings configuration keys besides those that every test server has
    static TestServer start(Map<String, String> settings) {
        return new TestServer(TestDatabase.create(Valise.MIGRATIONS), true, settings);
    }

    /// Another node of this server: a server of its own on the same database.
    TestServer secondNode() {
        return new TestServer(database, false, Map.of());
    }

    /// Stops it as an operator does; the database stays.
    void stop() {
        valise.close();
    }

    /// Stops it as kill -9 does: what is not in the database now never gets there.
    void crash() {
        database.refuse();
        valise.close();
        database.accept();
    }

    /// Starts it anew after a stop or a crash.
    void startAgain() {
        valise = on(database, settings);
    }

    private static Valise on(TestDatabase database, Map<String, String> settings) {
        DatabaseConfig where = database.config();
        Map<String, String> all = new HashMap<>();
        all.put("database.url", where.url());
        all.put("database.user", where.user());
        all.put("database.password", where.password().reveal());
        all.put("port", "0");
        all.put("management.port", "0");
        all.put("registration.open", "true");
        all.put("rate_limits.enabled", "false");
        all.put("passwords.hash_memory", "8MiB");
        all.put("log.access", "false");
        all.putAll(settings);
        return Valise.start(ValiseConfig.of(all));
    }

    URI uri() {
        return valise.uri();
    }

    /// What it shows of itself, in Prometheus' text format.
    String metrics() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI where = URI.create("http://127.0.0.1:" + valise.managementPort() + "/metrics");
            HttpRequest request = HttpRequest.newBuilder(where).build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    Peers peers() {
        return valise.peers();
    }

    DatabaseConfig databaseConfig() {
        return database.config();
    }

    Database database() {
        return database.database();
    }

    /// How many statements the node has run.
    long statements() {
        return valise.statements();
    }

    /// How many statements an action costs, at best of some times: the node also asks by itself,
    /// every second, what the others did.
    long statementsFor(Runnable action) {
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 10; attempt++) {
            long before = valise.statements();
            action.run();
            least = Math.min(least, valise.statements() - before);
        }
        return least;
    }

    List<Route> routes() {
        return valise.routes();
    }

    @Override
    public void close() {
        valise.close();
        if (ownsDatabase) {
            database.close();
        }
    }
}
