package org.valise.accounts.sessions;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.changes.AccountChange.DeviceChanged;
import org.valise.accounts.changes.AccountChange.SessionsRevoked;
import org.valise.accounts.changes.AccountCommits;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.platform.http.AccountState;
import org.valise.platform.http.Authenticator;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Who is logged in, on what device, with what access token. A device is a session: the two live
/// and die together.
///
/// What is asked on every request comes from memory. A revocation is an ordered commit: it is
/// answered when this node has forgotten what it remembered, and other nodes forget when they apply
/// that position of the stream.
public final class Sessions implements Authenticator, StreamFollower {
    private static final String DEVICE_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final int DEVICE_ID_LENGTH = 10;

    private final Database database;
    private final AccountCommits commits;
    private final Clock clock;
    private final SessionStore store = new SessionStore();
    private final KnownCallers callers = new KnownCallers();
    private final LastSeen lastSeen;
    private final SecureRandom random = new SecureRandom();

    public Sessions(Database database, AccountCommits commits, Clock clock) {
        this.database = database;
        this.commits = commits;
        this.clock = clock;
        this.lastSeen = new LastSeen(database, store, clock);
    }

    @Override
    public Caller authenticate(String accessToken) {
        TokenHash hash = TokenHash.of(accessToken);
        Caller known = callers.find(hash);
        if (known != null) {
            return known;
        }
        long epoch = callers.epoch();
        Caller caller =
                database.read(tx -> store.owner(tx, hash))
                        .map(Sessions::caller)
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_UNKNOWN_TOKEN,
                                        "This access token was never valid, or was logged out"));
        callers.remember(hash, caller, epoch);
        return caller;
    }

    private static Caller caller(SessionStore.Owner owner) {
        AccountState state =
                owner.locked()
                        ? AccountState.LOCKED
                        : owner.suspended() ? AccountState.SUSPENDED : AccountState.ACTIVE;
        return new Caller(
                UserId.parse(owner.user()),
                owner.userNumber(),
                owner.device(),
                owner.session(),
                owner.guest(),
                owner.admin(),
                state,
                false);
    }

    @Override
    public void apply(List<Change> changes) {
        callers.apply(changes);
    }

    /// Notes roughly when and from where the session is used.
    @Override
    public void seen(Caller caller, String ip) {
        lastSeen.seen(caller.session(), ip);
    }

    /// Opens a session. On a device that the user has already, its token changes, its name stays.
    public OpenedSession open(long user, Optional<String> device, Optional<String> displayName) {
        return database.transaction(tx -> openOnNewDevice(tx, user, device, displayName))
                .or(() -> reopen(user, device.orElseThrow()))
                // Logged out, or logged in once more, at the same moment: begin again.
                .orElseGet(() -> open(user, device, displayName));
    }

    /// Opens a session on a device that the user does not have yet; empty if they have one of that
    /// id.
    public Optional<OpenedSession> openOnNewDevice(
            Tx tx, long user, Optional<String> device, Optional<String> displayName) {
        AccessToken token = AccessToken.random();
        String id = device.orElseGet(this::randomDeviceId);
        return store.insert(tx, user, id, displayName.orElse(null), token.hash(), clock.instant())
                .map(number -> new OpenedSession(number, id, token.value()));
    }

    /// *The server will invalidate any access token previously assigned to that device.*
    private Optional<OpenedSession> reopen(long user, String device) {
        AccessToken token = AccessToken.random();
        commits.write(
                (batch, ordinal) -> store.replaceToken(batch, user, device, token.hash()),
                position -> List.of(new SessionsRevoked(position, user)));
        return database.read(tx -> store.number(tx, token.hash()))
                .map(number -> new OpenedSession(number, device, token.value()));
    }

    /// Closes the caller's own session.
    public void close(Caller caller) {
        close(caller.userNumber(), List.of(caller.deviceId()));
    }

    /// Closes the sessions of these devices; those that the user does not have are none.
    public void close(long user, List<String> devices) {
        commits.write(
                (batch, ordinal) -> store.close(batch, ordinal, user, devices),
                position -> List.of(new SessionsRevoked(position, user)));
    }

    /// Closes all of a user's sessions.
    public void closeAll(long user) {
        commits.write(
                (batch, ordinal) -> closeAll(batch, ordinal, user, null),
                position -> List.of(new SessionsRevoked(position, user)));
    }

    /// The same as part of a larger commit, which must have a [SessionsRevoked] among its changes.
    ///
    /// @param kept the session that stays, if one does
    public void closeAll(CommitBatch batch, int ordinal, long user, @Nullable Long kept) {
        store.closeAll(batch, ordinal, user, kept);
    }

    public List<Device> devices(long user) {
        return database.read(tx -> store.devices(tx, user));
    }

    public Optional<Device> device(long user, String device) {
        return database.read(tx -> store.device(tx, user, device));
    }

    /// Gives a device another name; nothing happens if the user has no such device.
    public void rename(long user, String device, String displayName) {
        commits.write(
                (batch, ordinal) -> store.rename(batch, user, device, displayName),
                position -> List.of(new DeviceChanged(position, user, device)));
    }

    /// Writes what is still pending.
    public void flush() {
        lastSeen.flush();
    }

    private String randomDeviceId() {
        var id = new StringBuilder(DEVICE_ID_LENGTH);
        for (int i = 0; i < DEVICE_ID_LENGTH; i++) {
            id.append(DEVICE_ID_LETTERS.charAt(random.nextInt(DEVICE_ID_LETTERS.length())));
        }
        return id.toString();
    }
}
