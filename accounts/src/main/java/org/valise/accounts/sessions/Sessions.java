package org.valise.accounts.sessions;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.changes.AccountChange.DeviceChanged;
import org.valise.accounts.changes.AccountChange.SessionsRevoked;
import org.valise.accounts.changes.AccountCommits;
import org.valise.accounts.tokens.TokenHash;
import org.valise.accounts.users.Users;
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
import java.time.Duration;
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
    private final Duration accessTokenLifetime;
    private final SessionStore store = new SessionStore();
    private final TokenStore tokens = new TokenStore();
    private final KnownCallers callers = new KnownCallers();
    private final LastSeen lastSeen;
    private final SecureRandom random = new SecureRandom();

    /// @param accessTokenLifetime of clients that can refresh theirs
    public Sessions(
            Database database, AccountCommits commits, Clock clock, Duration accessTokenLifetime) {
        this.database = database;
        this.commits = commits;
        this.clock = clock;
        this.accessTokenLifetime = accessTokenLifetime;
        this.lastSeen = new LastSeen(database, store, clock);
    }

    @Override
    public Caller authenticate(String accessToken) {
        TokenHash hash = TokenHash.of(accessToken);
        Caller known = callers.find(hash, clock.instant());
        if (known != null) {
            return known;
        }
        long epoch = callers.epoch();
        TokenStore.Owner owner = live(hash);
        if (owner.next()) {
            adopt(owner.session(), owner.userNumber(), hash);
            epoch = callers.epoch();
            owner = live(hash);
        }
        Caller caller = caller(owner);
        callers.remember(hash, caller, epoch, owner.expires());
        return caller;
    }

    private TokenStore.Owner live(TokenHash token) {
        TokenStore.Owner owner =
                database.read(tx -> tokens.owner(tx, token)).orElseThrow(Sessions::unknownToken);
        if (owner.expires() != null && !clock.instant().isBefore(owner.expires())) {
            // *Any HTTP calls that use an expired access token will return with an error code
            // `M_UNKNOWN_TOKEN`, preferably with `soft_logout: true`.*
            throw new MatrixException(
                            ErrorCode.M_UNKNOWN_TOKEN, "This access token has expired, refresh it")
                    .with("soft_logout", true);
        }
        return owner;
    }

    private static MatrixException unknownToken() {
        return new MatrixException(
                ErrorCode.M_UNKNOWN_TOKEN, "This token was never valid, or was logged out");
    }

    private static Caller caller(TokenStore.Owner owner) {
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

    /// Notes roughly when, from where and with what the session is used.
    @Override
    public void seen(Caller caller, String ip, String userAgent) {
        lastSeen.seen(caller.session(), ip, userAgent);
    }

    /// Opens a session. On a device that the user has already, its tokens change, its name stays.
    public OpenedSession open(long user, SessionFields wanted) {
        return database.transaction(tx -> openOnNewDevice(tx, user, wanted))
                .or(() -> reopen(user, wanted.device().orElseThrow(), wanted.refreshable()))
                // Logged out, or logged in once more, at the same moment: begin again.
                .orElseGet(() -> open(user, wanted));
    }

    /// Opens a session on a device that the user does not have yet; empty if they have one of that
    /// id.
    public Optional<OpenedSession> openOnNewDevice(Tx tx, long user, SessionFields wanted) {
        SessionTokens fresh = freshTokens(wanted.refreshable());
        String id = wanted.device().orElseGet(this::randomDeviceId);
        String name = wanted.displayName().orElse(null);
        return store.insert(tx, user, id, name, fresh, clock.instant())
                .map(number -> new OpenedSession(number, id, fresh));
    }

    /// *If the client sets the `device_id`, the server will invalidate any access and refresh
    /// tokens previously assigned to that device.*
    private Optional<OpenedSession> reopen(long user, String device, boolean refreshable) {
        SessionTokens fresh = freshTokens(refreshable);
        commits.write(
                (batch, ordinal) -> tokens.replace(batch, user, device, fresh),
                position -> List.of(new SessionsRevoked(position, user)));
        return database.read(tx -> store.number(tx, fresh.access().hash()))
                .map(number -> new OpenedSession(number, device, fresh));
    }

    /// Gives a session new tokens. *The old refresh token remains valid until the new access token
    /// or refresh token is used, at which point the old refresh token is revoked*; so does the old
    /// access token, if it does not expire before.
    ///
    /// @throws MatrixException `M_UNKNOWN_TOKEN` or `M_USER_LOCKED`
    public OpenedSession refresh(String refreshToken) {
        TokenHash hash = TokenHash.of(refreshToken);
        TokenStore.Refreshable session =
                database.read(tx -> tokens.refreshedBy(tx, hash))
                        .orElseThrow(Sessions::unknownToken);
        if (session.locked()) {
            throw Users.lockedOut();
        }
        if (session.next()) {
            adopt(session.session(), session.userNumber(), hash);
        }
        SessionTokens fresh = freshTokens(true);
        if (!database.read(tx -> tokens.offer(tx, session.session(), hash, fresh))) {
            throw unknownToken();
        }
        return new OpenedSession(session.session(), session.device(), fresh);
    }

    private SessionTokens freshTokens(boolean refreshable) {
        return refreshable
                ? SessionTokens.refreshable(accessTokenLifetime, clock.instant())
                : SessionTokens.lasting();
    }

    /// The first use of a token of the new pair ends the old one, on all nodes.
    private void adopt(long session, long user, TokenHash token) {
        commits.write(
                (batch, ordinal) -> tokens.adopt(batch, session, token),
                position -> List.of(new SessionsRevoked(position, user)));
    }

    /// Closes the caller's own session.
    public void close(Caller caller) {
        close(caller.userNumber(), List.of(caller.deviceId()));
    }

    /// Closes the sessions of these devices; those that the user does not have are none.
    public void close(long user, List<String> devices) {
        commits.write(
                (batch, ordinal) -> close(batch, ordinal, user, devices),
                position -> List.of(new SessionsRevoked(position, user)));
    }

    /// The same as part of a larger commit, which must have a [SessionsRevoked] among its changes.
    public void close(CommitBatch batch, int ordinal, long user, List<String> devices) {
        store.close(batch, ordinal, user, devices);
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
