package org.valise.accounts.registration;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.changes.AccountChange.AccountDeactivated;
import org.valise.accounts.changes.AccountChange.SessionsRevoked;
import org.valise.accounts.filters.Filters;
import org.valise.accounts.profiles.Profiles;
import org.valise.accounts.sessions.Sessions;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
import org.valise.accounts.users.Users;

import java.util.List;

/// Closes accounts for good. The row stays, so that the user id is never given again; the rooms are
/// left, and the invites turned down, by whoever follows [AccountDeactivated].
public final class Deactivation {
    private final Users users;
    private final Sessions sessions;
    private final Profiles profiles;
    private final AccountData accountData;
    private final Filters filters;
    private final Uia uia;

    public Deactivation(
            Users users,
            Sessions sessions,
            Profiles profiles,
            AccountData accountData,
            Filters filters,
            Uia uia) {
        this.users = users;
        this.sessions = sessions;
        this.profiles = profiles;
        this.accountData = accountData;
        this.filters = filters;
        this.uia = uia;
    }

    /// All tokens die in the same commit.
    ///
    /// @param erase whether what the user left on the server goes too
    void deactivate(long user, boolean erase, Proof proof) {
        uia.commit(
                proof,
                (batch, ordinal) -> {
                    users.deactivate(batch, ordinal, user, erase);
                    sessions.closeAll(batch, ordinal, user, null);
                    if (erase) {
                        profiles.erase(batch, user);
                        accountData.erase(batch, user);
                        filters.erase(batch, user);
                    }
                },
                position ->
                        List.of(
                                new SessionsRevoked(position, user),
                                new AccountDeactivated(position, user, erase)));
    }
}
