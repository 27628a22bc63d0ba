package org.valise.devices.keys;

import org.valise.platform.http.Body;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.DeviceId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a request asks of users, apart by server.
///
/// @param local by users of this server
/// @param remote for each other server by its users
record WantedKeys<T>(Map<UserId, T> local, Map<ServerName, JsonObject> remote) {
    /// SECURITY: an answer may be this much larger than the request.
    private static final int MAX_USERS = 10_000;

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(10);
    private static final Duration MOST_PATIENCE = Duration.ofSeconds(30);

    /// Reads one value of the request, or refuses it.
    @FunctionalInterface
    interface Reader<T> {
        T read(String user, JsonValue value);
    }

    static <T> WantedKeys<T> of(JsonObject users, ServerName here, Reader<T> reader) {
        if (users.size() > MAX_USERS) {
            throw new MatrixException(
                            ErrorCode.M_TOO_LARGE, "At most " + MAX_USERS + " users at once")
                    .status(400);
        }
        Map<UserId, T> local = new LinkedHashMap<>();
        Map<ServerName, JsonObject.Builder> remote = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> entry : users.entries()) {
            UserId user =
                    UserId.tryParse(entry.getKey())
                            .orElseThrow(() ->
                                    new MatrixException(
                                            ErrorCode.M_INVALID_PARAM,
                                            "Not a user id: " + entry.getKey()));
            T wanted = reader.read(entry.getKey(), entry.getValue());
            if (user.server().equals(here)) {
                local.put(user, wanted);
            } else {
                remote.computeIfAbsent(user.server(), any -> JsonObject.builder())
                        .put(user.value(), entry.getValue());
            }
        }
        Map<ServerName, JsonObject> others = new LinkedHashMap<>();
        remote.forEach((server, asked) -> others.put(server, asked.build()));
        return new WantedKeys<>(local, others);
    }

    /// How long other servers may take.
    static Duration patience(Body body) {
        long millis = body.optionalInteger("timeout").orElse(USUAL_PATIENCE.toMillis());
        return Duration.ofMillis(Math.clamp(millis, 0, MOST_PATIENCE.toMillis()));
    }

    /// Another server may only ask for users of this one.
    ///
    /// @throws MatrixException `M_INVALID_PARAM` if it asks for others
    Map<UserId, T> localOnly() {
        if (!remote.isEmpty()) {
            throw new MatrixException(
                            ErrorCode.M_INVALID_PARAM, "Requested users must be of this server")
                    .status(400);
        }
        return local;
    }

    /// Ids of devices, as queries have them.
    static List<String> devices(String user, JsonValue value) {
        if (value instanceof JsonArray ids && ids.strings().size() == ids.size()) {
            return ids.strings();
        }
        throw new MatrixException(
                ErrorCode.M_BAD_JSON, "The devices of " + user + " must be a list of their ids");
    }

    /// Algorithms by device, as claims have them.
    static Map<String, String> algorithms(String user, JsonValue value) {
        if (!(value instanceof JsonObject devices)) {
            throw notAlgorithms(user);
        }
        Map<String, String> algorithms = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> device : devices.entries()) {
            if (DeviceId.tryParse(device.getKey()).isEmpty()
                    || !(device.getValue() instanceof JsonString algorithm)
                    || algorithm.value().indexOf('\0') >= 0) {
                throw notAlgorithms(user);
            }
            algorithms.put(device.getKey(), algorithm.value());
        }
        return algorithms;
    }

    private static MatrixException notAlgorithms(String user) {
        return new MatrixException(
                ErrorCode.M_BAD_JSON,
                "What is wanted of " + user + " must be algorithms by device id");
    }
}
