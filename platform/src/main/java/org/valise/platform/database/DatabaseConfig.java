package org.valise.platform.database;

import org.valise.platform.config.Secret;
import org.valise.platform.config.ValiseConfig;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// How to reach PostgreSQL and what a connection may cost it.
///
/// @param url `jdbc:postgresql://host:port/database?…`
/// @param poolSize connections at most; virtual threads queue for them (twice the server's cores is
///   a good number)
/// @param poolIdle connections kept when nothing happens
/// @param acquireTimeout how long a thread waits for a connection
/// @param statementTimeout the server ends a statement that runs longer
/// @param lockTimeout the server ends a statement that waits longer for a lock
/// @param idleInTransactionTimeout the server ends a transaction whose owner has stalled, which
///   frees its locks
public record DatabaseConfig(
        String url,
        String user,
        Secret password,
        int poolSize,
        int poolIdle,
        Duration acquireTimeout,
        Duration statementTimeout,
        Duration lockTimeout,
        Duration idleInTransactionTimeout) {

    private static final String JDBC = "jdbc:";

    /// The defaults for a server at `url`, in JDBC's or libpq's form
    /// (`postgresql://user:password@host/database`).
    public static DatabaseConfig of(String url, String user, Secret password) {
        DatabaseConfig plain =
                new DatabaseConfig(
                        url,
                        user,
                        password,
                        10,
                        2,
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(15));
        return url.startsWith(JDBC) ? plain : plain.fromLibpqForm();
    }

    /// As [#of(String, String, Secret)], with user and password inside the URL.
    public static DatabaseConfig of(String url) {
        return of(url, "", Secret.none());
    }

    /// What the operator set for a server of their own.
    static DatabaseConfig from(ValiseConfig.DatabaseSection section) {
        return of(section.url().orElseThrow(), section.user(), section.password())
                .withLimits(section);
    }

    DatabaseConfig withLimits(ValiseConfig.DatabaseSection section) {
        return withPool(section.poolSize(), poolIdle)
                .withTimeouts(
                        section.statementTimeout(),
                        section.lockTimeout(),
                        section.idleInTransactionTimeout());
    }

    public DatabaseConfig withPool(int size, int idle) {
        return new DatabaseConfig(
                url,
                user,
                password,
                size,
                Math.min(size, idle),
                acquireTimeout,
                statementTimeout,
                lockTimeout,
                idleInTransactionTimeout);
    }

    public DatabaseConfig withTimeouts(
            Duration statement, Duration lock, Duration idleInTransaction) {
        return new DatabaseConfig(
                url,
                user,
                password,
                poolSize,
                poolIdle,
                acquireTimeout,
                statement,
                lock,
                idleInTransaction);
    }

    @Override
    public String toString() {
        return "DatabaseConfig[url=%s, user=%s, password=%s, poolSize=%d]"
                .formatted(Secret.masked(url), user, password, poolSize);
    }

    private DatabaseConfig with(String newUrl, String newUser, Secret newPassword) {
        return new DatabaseConfig(
                newUrl,
                newUser,
                newPassword,
                poolSize,
                poolIdle,
                acquireTimeout,
                statementTimeout,
                lockTimeout,
                idleInTransactionTimeout);
    }

    private DatabaseConfig fromLibpqForm() {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a database URL looks like postgresql://host:5432/valise or"
                            + " jdbc:postgresql://host:5432/valise");
        }
        if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "a database URL starts with postgresql:// or jdbc:postgresql://");
        }
        String name = user;
        Secret secret = password;
        String userInfo = uri.getRawUserInfo();
        if (userInfo != null) {
            int colon = userInfo.indexOf(':');
            name = decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
            if (colon >= 0) secret = Secret.of(decode(userInfo.substring(colon + 1)));
        }
        String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        String hosts = authority.substring(authority.lastIndexOf('@') + 1);
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return with("jdbc:postgresql://" + hosts + uri.getRawPath() + query, name, secret);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
