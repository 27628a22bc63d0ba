package org.valise.devices.keys;

import org.jspecify.annotations.Nullable;
import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.KeySupplyChanged;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Gives one-time keys out: each at most once, the oldest first; the fallback key where none is
/// left.
///
/// A claim is an ordered commit like any other: those that come at the same time share one, on all
/// nodes they go one after another, and what is given is deleted before anybody is answered.
public final class KeyClaims {
    /// SECURITY: of local users, in one request.
    private static final int MAX_DEVICES = 10_000;

    private final DeviceCommits commits;
    private final DeviceKeysStore devices;
    private final RemoteKeys remote;
    private final AtomicLong claims = new AtomicLong();

    public KeyClaims(DeviceCommits commits, DeviceKeysStore devices, RemoteKeys remote) {
        this.commits = commits;
        this.devices = devices;
        this.remote = remote;
    }

    /// @param wanted by user and device the algorithm
    JsonObject claim(WantedKeys<Map<String, String>> wanted, Duration patience) {
        JsonObject.Builder given = given(wanted.local());
        RemoteKeys.Answers answers =
                wanted.remote().isEmpty()
                        ? RemoteKeys.Answers.NONE
                        : remote.claim(wanted.remote(), patience);
        answers.given().values().forEach(given::putAll);
        return JsonObject.of("failures", answers.failures(), "one_time_keys", given.build());
    }

    /// As another server is answered.
    ///
    /// @param wanted by local user and device the algorithm
    JsonObject claimForServer(Map<UserId, Map<String, String>> wanted) {
        return JsonObject.of("one_time_keys", given(wanted).build());
    }

    private JsonObject.Builder given(Map<UserId, Map<String, String>> wanted) {
        if (wanted.values().stream().mapToInt(Map::size).sum() > MAX_DEVICES) {
            throw new MatrixException(
                            ErrorCode.M_TOO_LARGE, "At most " + MAX_DEVICES + " devices at once")
                    .status(400);
        }
        List<Claim> found = local(wanted);
        if (!found.isEmpty()) {
            commits.write(new Unit(found));
        }
        Map<String, JsonObject.Builder> given = new LinkedHashMap<>();
        for (Claim claim : found) {
            claim.key()
                    .ifPresent(key ->
                            given.computeIfAbsent(claim.device.user(), any -> JsonObject.builder())
                                    .put(claim.device.device(), key));
        }
        var byUser = JsonObject.builder();
        given.forEach((user, ofDevices) -> byUser.put(user, ofDevices.build()));
        return byUser;
    }

    private List<Claim> local(Map<UserId, Map<String, String>> wanted) {
        List<String> users = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        Map<String, Map<String, String>> algorithms = new HashMap<>();
        wanted.forEach((user, ofDevices) -> {
            algorithms.put(user.value(), ofDevices);
            for (String device : ofDevices.keySet()) {
                users.add(user.value());
                ids.add(device);
            }
        });
        if (users.isEmpty()) {
            return List.of();
        }
        List<Claim> found = new ArrayList<>(ids.size());
        for (DeviceKeysStore.Session device :
                devices.sessions(users.toArray(String[]::new), ids.toArray(String[]::new))) {
            Map<String, String> ofDevices = algorithms.getOrDefault(device.user(), Map.of());
            String algorithm = Objects.requireNonNull(ofDevices.get(device.device()));
            found.add(new Claim(claims.incrementAndGet(), device, algorithm));
        }
        return found;
    }

    /// One key that is wanted, and what was found.
    private static final class Claim {
        private final long number;
        private final DeviceKeysStore.Session device;
        private final String algorithm;
        private boolean answered;
        private @Nullable String keyId;
        private byte @Nullable [] key;

        Claim(long number, DeviceKeysStore.Session device, String algorithm) {
            this.number = number;
            this.device = device;
            this.algorithm = algorithm;
        }

        void addTo(CommitBatch batch, int ordinal) {
            answered = false;
            OneTimeKeyStore.claim(
                    batch,
                    ordinal,
                    number,
                    device,
                    algorithm,
                    row -> {
                        answered = true;
                        keyId = row.getString(2);
                        key = row.getBytes(3);
                    });
        }

        /// The key by its name, as the answer has it.
        ///
        /// @throws IllegalStateException if it is not known which key was given: it is lost, but
        ///   will not be given to anybody else
        Optional<JsonObject> key() {
            byte[] json = key;
            if (!answered) {
                throw new IllegalStateException("the database broke off while keys were claimed");
            }
            if (json == null) {
                return Optional.empty();
            }
            return Optional.of(JsonObject.of(algorithm + ":" + keyId, Json.parse(json)));
        }
    }

    private record Unit(List<Claim> claims) implements DeviceCommits.Work {
        @Override
        public int rows() {
            return claims.size();
        }

        @Override
        public void addTo(CommitBatch batch, int ordinal) {
            claims.forEach(claim -> claim.addTo(batch, ordinal));
        }

        /// Also of devices whose supply is as it was: it costs them a look.
        @Override
        public List<Change> changes(long position) {
            List<Change> changes = new ArrayList<>();
            for (Claim claim : claims) {
                if (!claim.answered || claim.key != null) {
                    changes.add(
                            new KeySupplyChanged(
                                    position, claim.device.userNumber(), claim.device.number()));
                }
            }
            return changes;
        }
    }
}
