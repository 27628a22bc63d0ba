package org.valise.platform.http;

/// The one table of limits: how many of what, counted by whom.
///
/// Each is a token bucket: `perSecond` in the long run, `burst` at once. Operators override any row
/// by its name. Spec: client-server API, "Rate limiting".
public enum RateLimit {
    /// Cheap answers for anybody: versions, login flows, well-known files, keys of this server.
    PUBLIC(Key.IP, 20, 200),
    LOGIN(Key.IP, 0.5, 20),
    /// Attempts on one account, from wherever: checked by the endpoint itself.
    LOGIN_ACCOUNT(Key.CHOSEN, 0.05, 10),
    REGISTER(Key.IP, 0.2, 10),
    USERNAME_AVAILABLE(Key.IP, 1, 30),
    REFRESH(Key.IP, 5, 100),
    /// Tokens with which another device is logged in.
    LOGIN_TOKEN(Key.CALLER, 0.05, 10),
    /// Anything that sends a mail or a text message to an address that the caller names.
    VALIDATION_MESSAGE(Key.IP, 0.05, 5),
    VALIDATION_ADDRESS(Key.CHOSEN, 0.02, 3),
    /// Passwords, addresses, deactivation; whoever is not signed in counts by IP.
    ACCOUNT(Key.CALLER, 0.5, 20),
    /// Reads of the caller's own or of a room's data.
    READ(Key.CALLER, 50, 500),
    /// Changes of the caller's own data.
    WRITE(Key.CALLER, 20, 200),
    SYNC(Key.CALLER, 20, 200),
    SEND_EVENT(Key.CALLER, 10, 100),
    SEND_TO_DEVICE(Key.CALLER, 20, 400),
    /// Typing, receipts and read markers.
    EPHEMERAL(Key.CALLER, 10, 100),
    PRESENCE(Key.CALLER, 1, 20),
    CREATE_ROOM(Key.CALLER, 0.2, 20),
    JOIN(Key.CALLER, 1, 50),
    INVITE(Key.CALLER, 1, 50),
    /// Invitations that reach one user, from whomever: checked by the use case itself.
    INVITE_RECEIVED(Key.CHOSEN, 0.1, 30),
    /// Device keys: upload, query, claim.
    KEYS(Key.CALLER, 20, 200),
    KEY_BACKUP(Key.CALLER, 20, 400),
    PROFILE(Key.CALLER, 0.5, 20),
    /// Searches in rooms, of users and of rooms.
    SEARCH(Key.CALLER, 2, 30),
    DIRECTORY(Key.CALLER, 5, 60),
    REPORT(Key.CALLER, 0.1, 10),
    MEDIA_UPLOAD(Key.CALLER, 5, 60),
    MEDIA_DOWNLOAD(Key.CALLER, 50, 500),
    MEDIA_PUBLIC(Key.IP, 20, 200),
    URL_PREVIEW(Key.CALLER, 2, 30),
    /// Requests of other servers.
    FEDERATION(Key.SERVER, 50, 500),
    /// Requests of other servers that cost more: joins, state, backfill.
    FEDERATION_HEAVY(Key.SERVER, 5, 60),
    ADMIN(Key.CALLER, 50, 500);

    /// By whom a limit counts.
    public enum Key {
        /// The address the request comes from (an IPv6 address counts by its /64).
        IP,
        /// The calling account; the address where nobody is signed in.
        CALLER,
        /// The requesting server.
        SERVER,
        /// What the endpoint says ([RateLimits#check]); as the limit of a route it counts by IP.
        CHOSEN
    }

    private final Key key;
    private final Rate rate;

    RateLimit(Key key, double perSecond, int burst) {
        this.key = key;
        this.rate = new Rate(perSecond, burst);
    }

    public Key key() {
        return key;
    }

    /// The rate unless the configuration says otherwise.
    public Rate defaultRate() {
        return rate;
    }

    /// So many in the long run, so many at once.
    public record Rate(double perSecond, int burst) {
        public Rate {
            if (!(perSecond > 0) || burst < 1) {
                throw new IllegalArgumentException(
                        "a rate needs perSecond > 0 and burst ≥ 1: " + perSecond + ", " + burst);
            }
        }
    }
}
