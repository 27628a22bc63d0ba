package org.valise.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.Accounts;
import org.valise.accounts.AccountsConfig;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.profiles.RemoteProfiles;
import org.valise.accounts.registration.ReservedNames;
import org.valise.accounts.users.Account;
import org.valise.platform.http.AccountState;
import org.valise.platform.http.Caller;
import org.valise.platform.http.RateLimits;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

class SessionsTest {
    private static AccountsServer server;
    private static Sessions sessions;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
        sessions = server.accounts().sessions();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static long account(String name) {
        Account account =
                server.accounts().registration().create(name, AccountsServer.PASSWORD, false);
        return account.number();
    }

    private static OpenedSession open(long user, String device) {
        return sessions.open(user, new SessionFields(Optional.of(device), Optional.empty(), false));
    }

    private static boolean isRefused(OpenedSession session) {
        try {
            sessions.authenticate(session.accessToken());
            return false;
        } catch (MatrixException e) {
            return true;
        }
    }

    @Test
    void saysWhoCallsAndAsksTheDatabaseOnlyOnce() {
        long user = account("known");
        OpenedSession session = open(user, "D");
        Caller caller = sessions.authenticate(session.accessToken());
        assertThat(caller.user().value()).isEqualTo("@known:example.org");
        assertThat(caller.userNumber()).isEqualTo(user);
        assertThat(caller.session()).isEqualTo(session.number());
        assertThat(caller.deviceId()).isEqualTo("D");

        long before = server.database().database().statements();
        assertThat(sessions.authenticate(session.accessToken())).isEqualTo(caller);
        assertThat(server.database().database().statements()).isEqualTo(before);
    }

    @Test
    void refusesTokensItDoesNotKnow() {
        for (String token : new String[] {"", "valise_nonsense", "\u0000", "x".repeat(100_000)}) {
            assertThatThrownBy(() -> sessions.authenticate(token))
                    .hasMessageContaining("M_UNKNOWN_TOKEN");
        }
    }

    @Test
    void storesNoToken() {
        OpenedSession session = open(account("secret"), "D");
        String dump =
                server.database()
                        .database()
                        .read(tx ->
                                tx.only(
                                        "SELECT string_agg(session::text, ' ') FROM"
                                                + " accounts.session",
                                        row -> row.getString(1)));
        assertThat(dump).contains("\\x").doesNotContain(session.accessToken());
        assertThat(session.toString()).doesNotContain(session.accessToken());
    }

    @Test
    void forgetsAtOnceWhatWasLoggedOut() {
        long user = account("forgetful");
        OpenedSession first = open(user, "FIRST");
        OpenedSession second = open(user, "SECOND");
        OpenedSession third = open(user, "THIRD");
        for (OpenedSession session : List.of(first, second, third)) {
            assertThat(isRefused(session)).isFalse();
        }

        sessions.close(sessions.authenticate(first.accessToken()));
        assertThat(isRefused(first)).isTrue();
        assertThat(isRefused(second)).isFalse();

        sessions.closeAll(user);
        assertThat(isRefused(second)).isTrue();
        assertThat(isRefused(third)).isTrue();
    }

    @Test
    void keepsTheNumberOfADeviceThatLogsInAgain() {
        long user = account("again");
        OpenedSession first = open(user, "D");
        OpenedSession second = open(user, "D");
        assertThat(second.number()).isEqualTo(first.number());
        assertThat(isRefused(first)).isTrue();
        assertThat(isRefused(second)).isFalse();
    }

    @Test
    void tellsTheStreamWhichDevicesAreGone() {
        long user = account("gone");
        open(user, "ONE");
        open(user, "TWO");
        sessions.close(user, List.of("ONE", "NEVER"));
        sessions.closeAll(user);
        List<String> gone =
                server.database()
                        .database()
                        .read(tx ->
                                tx.query(
                                        """
                                        SELECT name FROM accounts_read.change
                                        WHERE user_number = ? AND kind = 'device_gone' ORDER BY position
                                        """,
                                        row -> row.getString(1),
                                        user));
        assertThat(gone).containsExactly("ONE", "TWO");
    }

    @Test
    void judgesTheStandingAnewWhenItChanges() {
        long user = account("standing");
        OpenedSession session = open(user, "D");
        assertThat(sessions.authenticate(session.accessToken()).state())
                .isEqualTo(AccountState.ACTIVE);
        server.accounts().users().setSuspended(user, true);
        assertThat(sessions.authenticate(session.accessToken()).state())
                .isEqualTo(AccountState.SUSPENDED);
        server.accounts().users().setLocked(user, true);
        assertThat(sessions.authenticate(session.accessToken()).state())
                .isEqualTo(AccountState.LOCKED);
    }

    @Test
    void neverRemembersATokenPastItsRevocation() throws Exception {
        long user = account("raced");
        for (int round = 0; round < 40; round++) {
            OpenedSession session = open(user, "D" + round);
            var revoked = new AtomicBoolean();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int reader = 0; reader < 4; reader++) {
                    threads.submit(() -> {
                        while (!revoked.get()) {
                            isRefused(session);
                            Thread.yield();
                        }
                    });
                }
                try {
                    sessions.close(user, List.of("D" + round));
                    assertThat(isRefused(session)).isTrue();
                } finally {
                    revoked.set(true); // or the readers never end
                }
            }
            assertThat(isRefused(session)).isTrue();
        }
    }

    @Test
    void leavesOneTokenOfADeviceThatLogsInManyTimesAtOnce() throws Exception {
        long user = account("crowd");
        List<Callable<OpenedSession>> logins = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            logins.add(() -> open(user, "SAME"));
        }
        List<OpenedSession> opened = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<OpenedSession> login : threads.invokeAll(logins)) {
                opened.add(login.get());
            }
        }
        assertThat(opened.stream().filter(session -> !isRefused(session))).hasSize(1);
        assertThat(sessions.devices(user)).hasSize(1);
    }

    @Test
    void notesRoughlyWhenAndFromWhereItWasUsed() {
        long user = account("seen");
        Caller caller = sessions.authenticate(open(user, "D").accessToken());
        sessions.seen(caller, "192.0.2.7", "Client/1");
        sessions.seen(caller, "192.0.2.8", "Client/2");
        sessions.flush();
        Device device = sessions.device(user, "D").orElseThrow();
        assertThat(device.lastSeenIp()).isEqualTo("192.0.2.7");
        assertThat(device.lastSeenAgent()).isEqualTo("Client/1");
        assertThat(Duration.between(device.lastSeenAt(), java.time.Instant.now()))
                .isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void forgetsOnEveryNodeWhatWasLoggedOutOnOne() {
        long user = account("twonodes");
        OpenedSession session = open(user, "D");
        var database = server.database().database();
        var other = new Stream(database);
        var commits = new OrderedCommits(database, other);
        try (var second =
                new Accounts(
                        AccountsConfig.defaults(AccountsServer.NAME),
                        database,
                        commits,
                        other,
                        RateLimits.none(),
                        RemoteProfiles.NONE,
                        ReservedNames.NONE,
                        Clock.systemUTC())) {
            other.start();
            commits.start();
            second.sessions().authenticate(session.accessToken());
            sessions.close(user, List.of("D"));
            // A commit of its own makes the other node read first what it lacks.
            second.accountData().put(user, null, "org.example", JsonObject.of());
            assertThatThrownBy(() -> second.sessions().authenticate(session.accessToken()))
                    .hasMessageContaining("M_UNKNOWN_TOKEN");
        } finally {
            commits.close();
        }
    }
}
