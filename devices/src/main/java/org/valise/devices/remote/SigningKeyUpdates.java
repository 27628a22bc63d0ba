package org.valise.devices.remote;

import org.jspecify.annotations.Nullable;
import org.valise.devices.keys.CrossSigningUsage;
import org.valise.devices.keys.Signatures;
import org.valise.devices.remote.RemoteUserStore.Locked;
import org.valise.federation.inbound.EduReceiver;
import org.valise.platform.database.Tx;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// Takes in what other servers say of the cross-signing keys of their users. Spec: server-server
/// API, "End-to-End Encryption", `m.signing_key_update`.
final class SigningKeyUpdates implements EduReceiver {
    private final UserUpdates updates;

    SigningKeyUpdates(UserUpdates updates) {
        this.updates = updates;
    }

    @Override
    public String type() {
        return "m.signing_key_update";
    }

    @Override
    public void receive(ServerName origin, JsonObject content) {
        updates.receive(
                origin,
                content,
                user -> Optional.of((tx, number, kept) -> take(tx, number, kept, user, content)));
    }

    private static void take(Tx tx, long number, Locked kept, UserId user, JsonObject content) {
        JsonObject master = RemoteKeyRules.crossSigningKey(user, CrossSigningUsage.MASTER, content);
        JsonObject selfSigning =
                RemoteKeyRules.crossSigningKey(user, CrossSigningUsage.SELF_SIGNING, content);
        if (kept.stale() || (master == null && selfSigning == null)) {
            RemoteUserStore.mark(tx, number);
            return;
        }
        JsonObject before = kept.masterKey();
        if (selfSigning == null && isSame(before, master)) {
            selfSigning = kept.selfSigningKey();
        }
        RemoteUserStore.setSigningKeys(tx, number, master == null ? before : master, selfSigning);
    }

    /// What an older master key signed counts no more.
    private static boolean isSame(@Nullable JsonObject one, @Nullable JsonObject other) {
        return one != null && other != null && Signatures.isSame(one, other);
    }
}
