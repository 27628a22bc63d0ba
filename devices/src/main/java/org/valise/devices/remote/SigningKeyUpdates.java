package org.valise.devices.remote;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.UserNumbers;
import org.valise.devices.keys.CrossSigningUsage;
import org.valise.devices.keys.Signatures;
import org.valise.devices.remote.RemoteUserStore.Locked;
import org.valise.federation.inbound.EduReceiver;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;

/// Takes in what other servers say of the cross-signing keys of their users. Spec: server-server
/// API, "End-to-End Encryption", `m.signing_key_update`.
final class SigningKeyUpdates implements EduReceiver {
    private final Database database;
    private final StaleLists stale;
    private final Announcements announcements;
    private final UserNumbers users;

    SigningKeyUpdates(
            Database database, StaleLists stale, Announcements announcements, UserNumbers users) {
        this.database = database;
        this.stale = stale;
        this.announcements = announcements;
        this.users = users;
    }

    @Override
    public String type() {
        return "m.signing_key_update";
    }

    @Override
    public void receive(ServerName origin, JsonObject content) {
        Optional<UserId> user =
                content.string("user_id")
                        .flatMap(UserId::tryParse)
                        // SECURITY: a server speaks for nobody but its own users.
                        .filter(named -> named.server().equals(origin));
        Optional<Long> number = user.flatMap(users::find);
        if (number.isEmpty()) {
            return;
        }
        boolean kept =
                database.transaction(tx -> take(tx, number.get(), user.orElseThrow(), content));
        if (kept) {
            stale.wake();
        } else {
            announcements.announce(List.of(number.get()));
        }
    }

    /// @return false if nothing is kept of that user
    private static boolean take(Tx tx, long number, UserId user, JsonObject content) {
        Optional<Locked> locked = RemoteUserStore.lock(tx, number);
        if (locked.isEmpty()) {
            return false;
        }
        JsonObject master = RemoteKeyRules.crossSigningKey(user, CrossSigningUsage.MASTER, content);
        JsonObject selfSigning =
                RemoteKeyRules.crossSigningKey(user, CrossSigningUsage.SELF_SIGNING, content);
        if (locked.get().stale() || (master == null && selfSigning == null)) {
            RemoteUserStore.mark(tx, number);
            return true;
        }
        JsonObject before = locked.get().masterKey();
        if (selfSigning == null && isSame(before, master)) {
            selfSigning = locked.get().selfSigningKey();
        }
        RemoteUserStore.setSigningKeys(tx, number, master == null ? before : master, selfSigning);
        return true;
    }

    /// What an older master key signed counts no more.
    private static boolean isSame(@Nullable JsonObject one, @Nullable JsonObject other) {
        return one != null && other != null && Signatures.isSame(one, other);
    }
}
