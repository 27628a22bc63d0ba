package org.valise.accounts.users;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.changes.AccountChange.StandingChanged;
import org.valise.accounts.changes.AccountCommits;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;

import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// The accounts of this server.
public final class Users {
    private final ServerName server;
    private final Database database;
    private final AccountCommits commits;
    private final Clock clock;
    private final AccountStore store = new AccountStore();

    public Users(ServerName server, Database database, AccountCommits commits, Clock clock) {
        this.server = server;
        this.database = database;
        this.commits = commits;
        this.clock = clock;
    }

    public ServerName server() {
        return server;
    }

    /// Whether the id is one of this server's, with or without an account.
    public boolean isLocal(UserId user) {
        return user.server().equals(server);
    }

    /// The account, also if it was deactivated.
    public Optional<Account> find(UserId user) {
        return stored(user).map(AccountStore.Stored::account);
    }

    /// Whether somebody here has that id, and their account is not closed.
    public boolean isOpen(UserId user) {
        return find(user).filter(account -> !account.deactivated()).isPresent();
    }

    /// Whether there is not a single account.
    public boolean isEmpty() {
        return !database.read(store::any);
    }

    /// Makes an account; false if there is one of that id, even one that was closed long ago.
    ///
    /// @param passwordHash null if nobody can log in with a password
    public boolean create(Tx tx, long user, @Nullable String passwordHash, AccountKind kind) {
        return store.insert(tx, user, passwordHash, kind, clock.instant());
    }

    /// Makes a full account of a guest's; false if it is none, or no longer.
    public boolean upgradeGuest(Tx tx, long user, String passwordHash, AccountKind kind) {
        return store.upgradeGuest(tx, user, passwordHash, kind);
    }

    /// Tells all nodes that an account is not what it was.
    public void standingChanged(long user) {
        commits.write(
                (batch, ordinal) -> {}, position -> List.of(new StandingChanged(position, user)));
    }

    /// As part of an ordered commit.
    public void setPasswordHash(CommitBatch batch, long user, String passwordHash) {
        store.setPassword(batch, user, passwordHash);
    }

    /// As part of an ordered commit. Nothing changes if it was deactivated already.
    public void deactivate(CommitBatch batch, int ordinal, long user, boolean erase) {
        store.deactivate(batch, ordinal, user, erase);
    }

    /// Spec: client-server API, "Account locking".
    public void setLocked(long user, boolean locked) {
        commits.write(
                (batch, ordinal) -> store.setLocked(batch, user, locked),
                position -> List.of(new StandingChanged(position, user)));
    }

    /// Spec: client-server API, "Account suspension".
    public void setSuspended(long user, boolean suspended) {
        commits.write(
                (batch, ordinal) -> store.setSuspended(batch, user, suspended),
                position -> List.of(new StandingChanged(position, user)));
    }

    /// *When an account is locked, servers MUST return a 401 Unauthorized error response with an
    /// M_USER_LOCKED error code and soft_logout set to true.*
    public static MatrixException lockedOut() {
        return new MatrixException(ErrorCode.M_USER_LOCKED, "This account has been locked")
                .status(401)
                .with("soft_logout", true);
    }

    Optional<AccountStore.Stored> stored(UserId user) {
        return isLocal(user) ? database.read(tx -> store.find(tx, user)) : Optional.empty();
    }

    /// Replaces a hash by one of the same password.
    void rehash(long user, String old, String fresh) {
        database.run(tx -> store.replacePasswordHash(tx, user, old, fresh));
    }
}
