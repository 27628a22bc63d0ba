package org.valise.bench.resident;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.RequestSigning;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/// Sends transactions in the name of a mock server, one at a time. They are prepared before: what
/// is measured is not our signing.
public final class TransactionSender {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MockKey key;
    private long next;

    /// A transaction that is ready to go.
    public record Ready(HttpRequest request) {}

    TransactionSender(MockKey key) {
        this.key = key;
    }

    /// @param server where it goes, by plain HTTP
    /// @param name of that server
    public Ready prepare(URI server, ServerName name, List<Event> events) {
        String uri = "/_matrix/federation/v1/send/" + System.nanoTime() + "." + next++;
        JsonObject content =
                JsonObject.of(
                        "origin",
                        key.server().value(),
                        "origin_server_ts",
                        System.currentTimeMillis(),
                        "pdus",
                        JsonArray.of(events.stream().map(Event::json).toList()));
        String header =
                RequestSigning.sign(new RequestSigning.Request("PUT", uri, name, content), key)
                        .header();
        return new Ready(
                HttpRequest.newBuilder(server.resolve(uri))
                        .timeout(PATIENCE)
                        .header("Authorization", header)
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofByteArray(Json.write(content)))
                        .build());
    }

    /// @throws IOException unless it is taken
    public void send(HttpClient client, Ready transaction) throws IOException {
        try {
            HttpResponse<String> answer =
                    client.send(transaction.request(), BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(
                        "the transaction was answered with %d: %s"
                                .formatted(answer.statusCode(), answer.body()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
