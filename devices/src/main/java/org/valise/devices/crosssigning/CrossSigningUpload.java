package org.valise.devices.crosssigning;

import org.valise.accounts.sessions.Device;
import org.valise.accounts.sessions.Sessions;
import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListChange;
import org.valise.devices.changes.DeviceListChanged;
import org.valise.devices.changes.DeviceListStore;
import org.valise.devices.keys.CrossSigningStore;
import org.valise.devices.keys.CrossSigningStore.Stored;
import org.valise.devices.keys.CrossSigningUsage;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.signature.Verifier;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Publishes a user's cross-signing keys.
public final class CrossSigningUpload {
    private final DeviceCommits commits;
    private final CrossSigningStore store;
    private final Sessions sessions;
    private final Verifier verifier;

    public CrossSigningUpload(
            DeviceCommits commits, CrossSigningStore store, Sessions sessions, Verifier verifier) {
        this.commits = commits;
        this.store = store;
        this.sessions = sessions;
        this.verifier = verifier;
    }

    /// An upload held against what is stored.
    ///
    /// @param stored as they were when it was looked at
    /// @param added the keys that are new
    record Plan(Map<CrossSigningUsage, Stored> stored, List<CrossSigningKey> added) {
        /// *UIA MUST be performed, except if there is no existing master signing key, or the
        /// request contains no new keys.*
        boolean needsAuthentication() {
            return !added.isEmpty() && stored.containsKey(CrossSigningUsage.MASTER);
        }
    }

    /// @throws MatrixException if the keys cannot be the user's
    Plan plan(Caller caller, Collection<CrossSigningKey> given) {
        Map<CrossSigningUsage, Stored> stored = new EnumMap<>(CrossSigningUsage.class);
        store.ofUser(caller.userNumber()).forEach(key -> stored.put(key.usage(), key));
        List<CrossSigningKey> added = new ArrayList<>();
        for (CrossSigningKey key : given) {
            Stored known = stored.get(key.usage());
            if (known == null || !key.isSameAs(known.json())) {
                added.add(key);
            }
        }
        if (added.stream().anyMatch(key -> key.usage() == CrossSigningUsage.MASTER)) {
            added = List.copyOf(given); // what stays the same has another signature now
        }
        requireMaster(caller, given, stored, added);
        refuseDeviceIds(caller, added);
        return new Plan(stored, added);
    }

    /// *Must be signed by the accompanying master signing key, or by the user's most recently
    /// uploaded master signing key.*
    private void requireMaster(
            Caller caller,
            Collection<CrossSigningKey> given,
            Map<CrossSigningUsage, Stored> stored,
            List<CrossSigningKey> added) {
        Optional<String> master =
                given.stream()
                        .filter(key -> key.usage() == CrossSigningUsage.MASTER)
                        .map(CrossSigningKey::publicKey)
                        .findFirst()
                        .or(() ->
                                Optional.ofNullable(stored.get(CrossSigningUsage.MASTER))
                                        .map(Stored::publicKey));
        if (master.isEmpty()) {
            throw new MatrixException(
                            ErrorCode.M_MISSING_PARAM, "No master signing key is available")
                    .status(400);
        }
        for (CrossSigningKey key : added) {
            if (key.usage() != CrossSigningUsage.MASTER
                    && !key.isSignedBy(master.get(), caller.user(), verifier)) {
                throw new MatrixException(
                        ErrorCode.M_INVALID_SIGNATURE,
                        key.usage().field() + " is not signed by the master key");
            }
        }
    }

    /// *The public key of one of the keys is the same as one of the user's device IDs.*
    private void refuseDeviceIds(Caller caller, List<CrossSigningKey> added) {
        if (added.isEmpty()) {
            return;
        }
        List<String> ids = sessions.devices(caller.userNumber()).stream().map(Device::id).toList();
        if (added.stream().map(CrossSigningKey::publicKey).anyMatch(ids::contains)) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, "Key ID in use");
        }
    }

    /// Stores what is new, and returns when readers see it.
    ///
    /// @throws org.valise.devices.changes.ChangeRefusedException if another upload came first
    void store(Caller caller, Plan plan) {
        if (plan.added().isEmpty()) {
            return;
        }
        DeviceListChange change = new DeviceListChange(caller.userNumber());
        commits.write(new Unit(caller.userNumber(), plan, change));
    }

    private record Unit(long user, Plan plan, DeviceListChange listChange)
            implements DeviceCommits.Work {
        @Override
        public int rows() {
            return 2 + 2 * plan.added().size();
        }

        @Override
        public void addTo(CommitBatch batch, int ordinal) {
            for (CrossSigningKey key : plan.added()) {
                Stored known = plan.stored().get(key.usage());
                CrossSigningStore.put(
                        batch,
                        new Stored(
                                user,
                                key.usage(),
                                key.publicKey(),
                                known == null ? 1 : known.version() + 1,
                                CanonicalJson.encodeLoose(key.json())));
                if (key.usage() == CrossSigningUsage.MASTER) {
                    CrossSigningStore.forgetSignatures(batch, user, key.publicKey());
                    dropOthers(batch);
                }
            }
            if (isPublic()) {
                listChange.addTo(batch, ordinal, List.of(DeviceListStore.NO_DEVICE));
            } else {
                DeviceListStore.changedFor(batch, ordinal, user, user);
            }
        }

        /// What only the old master key has signed is nothing to rely on.
        private void dropOthers(CommitBatch batch) {
            for (CrossSigningUsage usage : plan.stored().keySet()) {
                if (plan.added().stream().noneMatch(key -> key.usage() == usage)) {
                    CrossSigningStore.drop(batch, user, usage);
                }
            }
        }

        /// Only the owner learns of another user-signing key.
        private boolean isPublic() {
            return plan.added().stream()
                    .anyMatch(key -> key.usage() != CrossSigningUsage.USER_SIGNING);
        }

        @Override
        public List<Change> changes(long position) {
            return List.of(
                    isPublic()
                            ? listChange.at(position)
                            : new DeviceListChanged(position, user, List.of(), user));
        }
    }
}
