package org.valise.devices.crosssigning;

import org.jspecify.annotations.Nullable;
import org.valise.devices.changes.ChangeRefusedException;
import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListChange;
import org.valise.devices.changes.DeviceListChanged;
import org.valise.devices.changes.DeviceListStore;
import org.valise.devices.keys.CrossSigningStore;
import org.valise.devices.keys.CrossSigningStore.UserSignature;
import org.valise.devices.keys.DeviceKeysStore;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Verifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Adds signatures to keys: of a user's own devices and master key, and of other users' master
/// keys.
public final class SignatureUpload {
    private static final int ATTEMPTS = 10;

    private final DeviceCommits commits;
    private final CrossSigningStore crossSigning;
    private final DeviceKeysStore devices;
    private final RemoteMasterKeys remote;
    private final Verifier verifier;

    public SignatureUpload(
            DeviceCommits commits,
            CrossSigningStore crossSigning,
            DeviceKeysStore devices,
            RemoteMasterKeys remote,
            Verifier verifier) {
        this.commits = commits;
        this.crossSigning = crossSigning;
        this.devices = devices;
        this.remote = remote;
        this.verifier = verifier;
    }

    /// Stores the signatures that are valid, and returns when readers see them.
    ///
    /// @param given signed keys by key id by user id
    /// @return the refusals, by key id by user id
    JsonObject upload(Caller caller, Map<String, JsonObject> given) {
        List<CrossSigningStore.OfUser> elsewhere = remote.of(given.keySet());
        for (int attempt = 1; ; attempt++) {
            SignatureCheck check = check(caller, given, elsewhere);
            check.run(given);
            Unit unit = unit(caller, check);
            try {
                if (unit.rows() > 0) {
                    commits.write(unit);
                }
                return check.failures();
            } catch (ChangeRefusedException refusal) {
                if (!refusal.isOutrun() || attempt == ATTEMPTS) {
                    throw refusal;
                }
            }
        }
    }

    private SignatureCheck check(
            Caller caller,
            Map<String, JsonObject> given,
            List<CrossSigningStore.OfUser> elsewhere) {
        var users = new TreeSet<>(given.keySet());
        users.add(caller.user().value());
        List<CrossSigningStore.OfUser> keys = new ArrayList<>(elsewhere);
        keys.addAll(crossSigning.ofUsers(users.toArray(String[]::new)));
        return new SignatureCheck(caller, devices.ofUser(caller.userNumber()), keys, verifier);
    }

    private Unit unit(Caller caller, SignatureCheck check) {
        long[] others = check.others().stream().mapToLong(UserSignature::user).toArray();
        List<UserSignature> known = crossSigning.signatures(caller.userNumber(), others);
        List<UserSignature> added = new ArrayList<>(check.others());
        added.removeAll(known);
        return new Unit(
                caller.userNumber(),
                List.copyOf(check.signedDevices()),
                check.signedMaster(),
                added,
                new DeviceListChange(caller.userNumber()));
    }

    /// @param devices the caller's devices with more signatures
    /// @param master the caller's master key with more signatures
    /// @param others what the caller signed of others
    private record Unit(
            long user,
            List<DeviceKeysStore.Stored> devices,
            CrossSigningStore.@Nullable Stored master,
            List<UserSignature> others,
            DeviceListChange listChange)
            implements DeviceCommits.Work {
        @Override
        public int rows() {
            return 2 * devices.size() + (master == null ? 0 : 2) + 2 * others.size();
        }

        @Override
        public void addTo(CommitBatch batch, int ordinal) {
            List<String> changed = new ArrayList<>();
            for (DeviceKeysStore.Stored device : devices) {
                DeviceKeysStore.put(batch, device, user);
                changed.add(device.device());
            }
            if (master != null) {
                CrossSigningStore.put(batch, master);
                changed.add(DeviceListStore.NO_DEVICE);
            }
            if (!changed.isEmpty()) {
                listChange.addTo(batch, ordinal, changed);
            }
            for (UserSignature signature : others) {
                CrossSigningStore.sign(batch, signature);
                DeviceListStore.changedFor(batch, ordinal, signature.user(), user);
            }
        }

        @Override
        public List<Change> changes(long position) {
            List<Change> changes = new ArrayList<>();
            if (!devices.isEmpty() || master != null) {
                changes.add(listChange.at(position));
            }
            for (UserSignature signature : others) {
                changes.add(new DeviceListChanged(position, signature.user(), List.of(), user));
            }
            return changes;
        }
    }
}
