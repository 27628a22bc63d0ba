package org.valise.accounts.login;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.changes.AccountChange.SessionsRevoked;
import org.valise.accounts.sessions.Sessions;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
import org.valise.accounts.users.PasswordHasher;
import org.valise.accounts.users.Users;

import java.util.List;

/// Gives an account another password, and by default logs all its other devices out.
public final class PasswordChange {
    private final Users users;
    private final Sessions sessions;
    private final PasswordHasher hasher;
    private final Uia uia;

    public PasswordChange(Users users, Sessions sessions, PasswordHasher hasher, Uia uia) {
        this.users = users;
        this.sessions = sessions;
        this.hasher = hasher;
        this.uia = uia;
    }

    /// *The homeserver SHOULD NOT revoke the access token provided in the request.*
    ///
    /// @param keep the session that asks, if one does
    void change(
            long user, String password, boolean logoutDevices, @Nullable Long keep, Proof proof) {
        String hash = hasher.hash(password);
        uia.commit(
                proof,
                (batch, ordinal) -> {
                    users.setPasswordHash(batch, user, hash);
                    if (logoutDevices) {
                        sessions.closeAll(batch, ordinal, user, keep);
                    }
                },
                position ->
                        logoutDevices ? List.of(new SessionsRevoked(position, user)) : List.of());
    }
}
