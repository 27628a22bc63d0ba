package org.valise.devices.keys;

import org.valise.platform.http.Caller;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.rendering.JsonBuffer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Answers who has which devices and keys: a fixed number of queries, and stored bytes passed on.
public final class KeyQuery {
    private final DeviceKeysStore devices;
    private final CrossSigningStore crossSigning;
    private final RemoteKeys remote;
    private final boolean showNames;

    /// @param showNames whether others see how a user calls a device
    public KeyQuery(
            DeviceKeysStore devices,
            CrossSigningStore crossSigning,
            RemoteKeys remote,
            boolean showNames) {
        this.devices = devices;
        this.crossSigning = crossSigning;
        this.remote = remote;
        this.showNames = showNames;
    }

    /// Who asks: some signatures are for their maker alone.
    private record Asker(String user, long number) {
        static final Asker ANOTHER_SERVER = new Asker("", 0);
    }

    /// @param wanted by user the ids of the devices asked for; none: all
    byte[] answer(Caller caller, WantedKeys<List<String>> wanted, Duration patience) {
        Asker asker = new Asker(caller.user().value(), caller.userNumber());
        KeyAnswer answer = local(asker, wanted.local());
        RemoteKeys.Answers answers =
                wanted.remote().isEmpty()
                        ? RemoteKeys.Answers.NONE
                        : remote.query(wanted.remote(), patience);
        Map<String, JsonObject> masterKeys = new LinkedHashMap<>();
        for (JsonObject given : answers.given().values()) {
            answer.add(given);
            masterKeys.putAll(CrossSigningUsage.MASTER.of(given));
        }
        addSignatures(asker, masterKeys, answer);
        return answer.forClient(answers.failures());
    }

    /// As another server is answered.
    ///
    /// @param wanted local users, and the ids of the devices asked for; none: all
    byte[] answerServer(Map<UserId, List<String>> wanted) {
        return local(Asker.ANOTHER_SERVER, wanted).forServer();
    }

    private KeyAnswer local(Asker asker, Map<UserId, List<String>> wanted) {
        KeyAnswer answer = new KeyAnswer();
        String[] users = wanted.keySet().stream().map(UserId::value).toArray(String[]::new);
        if (users.length > 0) {
            addDevices(asker, wanted, users, answer);
            addCrossSigning(asker, users, answer);
        }
        return answer;
    }

    private void addDevices(
            Asker asker, Map<UserId, List<String>> wanted, String[] users, KeyAnswer answer) {
        Map<String, List<String>> only = new LinkedHashMap<>();
        wanted.forEach((user, ids) -> only.put(user.value(), ids));
        for (DeviceKeysStore.OfUser device : devices.ofUsers(users)) {
            Map<String, byte[]> ofUser = answer.devicesOf(device.user());
            List<String> ids = only.getOrDefault(device.user(), List.of());
            if (device.device() != null && (ids.isEmpty() || ids.contains(device.device()))) {
                boolean named = showNames || device.user().equals(asker.user());
                ofUser.put(device.device(), rendered(device, named));
            }
        }
    }

    /// The keys as uploaded, *with the addition of an `unsigned` property*.
    private static byte[] rendered(DeviceKeysStore.OfUser device, boolean named) {
        byte[] keys = Objects.requireNonNull(device.keys());
        JsonBuffer out = new JsonBuffer(keys.length + 80);
        out.raw(keys, 0, keys.length - 1).ascii(",\"unsigned\":{");
        if (named && device.displayName() != null) {
            out.ascii("\"device_display_name\":").string(device.displayName());
        }
        return out.ascii("}}").toBytes();
    }

    private void addCrossSigning(Asker asker, String[] users, KeyAnswer answer) {
        Map<String, JsonObject> masterKeys = new LinkedHashMap<>();
        for (CrossSigningStore.OfUser key : crossSigning.ofUsers(users)) {
            CrossSigningStore.Stored stored = key.key();
            // SECURITY: whom a user verified shows in what the user-signing key signed: *servers
            // will only allow users to see signatures made by the user's own user-signing key*.
            if (stored.usage() == CrossSigningUsage.USER_SIGNING
                    && stored.user() != asker.number()) {
                continue;
            }
            answer.keys(stored.usage()).put(key.user(), stored.keys());
            if (stored.usage() == CrossSigningUsage.MASTER) {
                masterKeys.put(key.user(), stored.json());
            }
        }
        addSignatures(asker, masterKeys, answer);
    }

    /// Adds to others' master keys what the asker signed of them.
    private void addSignatures(Asker asker, Map<String, JsonObject> masterKeys, KeyAnswer answer) {
        if (masterKeys.isEmpty() || asker.number() == 0) {
            return;
        }
        String[] owners = masterKeys.keySet().toArray(String[]::new);
        Map<String, JsonObject> signed = new LinkedHashMap<>();
        for (CrossSigningStore.SignatureOf of : crossSigning.signatures(asker.number(), owners)) {
            JsonObject key = Objects.requireNonNull(masterKeys.get(of.user()));
            CrossSigningStore.UserSignature signature = of.signature();
            if (CrossSigningUsage.publicKey(key)
                    .filter(signature.publicKey()::equals)
                    .isPresent()) {
                signed.put(
                        of.user(),
                        Signatures.with(
                                signed.getOrDefault(of.user(), key),
                                asker.user(),
                                signature.keyId(),
                                signature.signature()));
            }
        }
        signed.forEach(
                (user, key) -> answer.keys(CrossSigningUsage.MASTER).put(user, Json.write(key)));
    }
}
