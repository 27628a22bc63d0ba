package org.valise.devices.keys;

import org.jspecify.annotations.Nullable;
import org.valise.devices.changes.ChangeRefusedException;
import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListChange;
import org.valise.devices.changes.KeySupplyChanged;
import org.valise.platform.http.Body;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Publishes a device's keys.
///
/// The same upload again changes nothing and tells nobody: clients repeat it whenever they are not
/// sure.
public final class KeyUpload {
    /// SECURITY: how many one-time keys of a device wait at most; clients hold some fifty.
    private static final int MAX_ONE_TIME_KEYS = 10_000;

    private static final int ATTEMPTS = 10;

    private final DeviceCommits commits;
    private final DeviceKeysStore devices;
    private final OneTimeKeyStore oneTimeKeys;
    private final CrossSigningStore crossSigning;

    public KeyUpload(
            DeviceCommits commits,
            DeviceKeysStore devices,
            OneTimeKeyStore oneTimeKeys,
            CrossSigningStore crossSigning) {
        this.commits = commits;
        this.devices = devices;
        this.oneTimeKeys = oneTimeKeys;
        this.crossSigning = crossSigning;
    }

    /// @param deviceKeys null if they stay as they are
    public record Wanted(
            @Nullable JsonObject deviceKeys, List<OneTimeKey> oneTime, List<OneTimeKey> fallback) {
        /// The keys in a request.
        ///
        /// @throws MatrixException `M_BAD_JSON` or `M_INVALID_PARAM` if they are none of this
        ///   device
        public static Wanted read(Body request, UserId user, String device) {
            return new Wanted(
                    request.optionalObject("device_keys")
                            .map(keys -> KeyRules.deviceKeys(keys, user, device))
                            .orElse(null),
                    KeyRules.oneTimeKeys(keys(request, "one_time_keys"), user),
                    KeyRules.fallbackKeys(keys(request, "fallback_keys"), user));
        }

        private static JsonObject keys(Body request, String field) {
            return request.optionalObject(field).orElse(JsonObject.of());
        }
    }

    /// Stores the keys, and returns when readers see them.
    ///
    /// @return how many keys the device has now
    /// @throws MatrixException if one of them cannot be
    public KeySupply upload(Caller caller, Wanted wanted) {
        refuseKeyOfUser(caller, wanted);
        for (int attempt = 1; ; attempt++) {
            Unit unit = unit(caller, wanted);
            if (unit.rows() == 0) {
                break;
            }
            try {
                commits.write(unit);
                break;
            } catch (ChangeRefusedException refusal) {
                if (refusal.isOtherKey()) {
                    throw otherKey();
                }
                if (!refusal.isOutrun() || attempt == ATTEMPTS) {
                    throw refusal;
                }
            }
        }
        return oneTimeKeys.supply(caller.session());
    }

    /// *Servers must ensure that device IDs will not collide with cross-signing public keys.*
    private void refuseKeyOfUser(Caller caller, Wanted wanted) {
        if (wanted.deviceKeys() != null
                && crossSigning.ofUser(caller.userNumber()).stream()
                        .anyMatch(key -> key.publicKey().equals(caller.deviceId()))) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "This device's id is one of your cross-signing keys");
        }
    }

    private Unit unit(Caller caller, Wanted wanted) {
        DeviceKeysStore.@Nullable Stored next =
                wanted.deviceKeys() == null ? null : next(caller, wanted.deviceKeys());
        List<OneTimeKey> added = added(caller.session(), wanted.oneTime());
        DeviceListChange change = new DeviceListChange(caller.userNumber());
        return new Unit(caller, next, added, wanted.fallback(), change);
    }

    /// What is to be stored; null if it is already. Signatures of what stays the same stay.
    private DeviceKeysStore.@Nullable Stored next(Caller caller, JsonObject given) {
        Optional<DeviceKeysStore.Stored> stored = devices.ofSession(caller.session());
        JsonObject merged =
                stored.map(known -> Signatures.mergedIfSame(known.json(), given)).orElse(given);
        byte[] bytes = CanonicalJson.encodeLoose(merged);
        if (stored.isPresent() && Arrays.equals(stored.get().keys(), bytes)) {
            return null;
        }
        long version = stored.map(DeviceKeysStore.Stored::version).orElse(0L) + 1;
        return new DeviceKeysStore.Stored(caller.session(), caller.deviceId(), version, bytes);
    }

    private List<OneTimeKey> added(long session, List<OneTimeKey> keys) {
        if (keys.isEmpty()) {
            return keys;
        }
        List<OneTimeKey> added = new ArrayList<>(keys);
        for (OneTimeKey known : oneTimeKeys.known(session, keys)) {
            OneTimeKey given =
                    keys.stream()
                            .filter(key -> key.name().equals(known.name()))
                            .findFirst()
                            .orElseThrow();
            if (!Arrays.equals(given.json(), known.json())) {
                throw otherKey();
            }
            added.remove(given);
        }
        long held = oneTimeKeys.supply(session).counts().values().stream().mapToLong(n -> n).sum();
        if (!added.isEmpty() && held + added.size() > MAX_ONE_TIME_KEYS) {
            throw new MatrixException(
                            ErrorCode.M_TOO_LARGE,
                            "A device has at most " + MAX_ONE_TIME_KEYS + " one-time keys")
                    .status(400);
        }
        return added;
    }

    private static MatrixException otherKey() {
        return new MatrixException(
                ErrorCode.M_INVALID_PARAM,
                "A one-time key of this id is there already, and is another");
    }

    private record Unit(
            Caller caller,
            DeviceKeysStore.@Nullable Stored keys,
            List<OneTimeKey> added,
            List<OneTimeKey> fallback,
            DeviceListChange listChange)
            implements DeviceCommits.Work {
        @Override
        public int rows() {
            return added.size() + fallback.size() + (keys == null ? 0 : 2);
        }

        @Override
        public void addTo(CommitBatch batch, int ordinal) {
            if (keys != null) {
                DeviceKeysStore.put(batch, keys, caller.userNumber());
                listChange.addTo(batch, ordinal, List.of(caller.deviceId()));
            }
            if (hasSupply()) {
                OneTimeKeyStore.add(batch, caller.session(), added);
                OneTimeKeyStore.putFallback(batch, caller.session(), fallback);
                OneTimeKeyStore.noteSupply(batch, ordinal, caller.session(), caller.userNumber());
            }
        }

        private boolean hasSupply() {
            return !added.isEmpty() || !fallback.isEmpty();
        }

        @Override
        public List<Change> changes(long position) {
            List<Change> changes = new ArrayList<>();
            if (keys != null) {
                changes.add(listChange.at(position));
            }
            if (hasSupply()) {
                changes.add(new KeySupplyChanged(position, caller.userNumber(), caller.session()));
            }
            return changes;
        }
    }
}
