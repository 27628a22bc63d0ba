package org.valise.accounts.registration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.users.Account;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class FirstAdministratorTest {
    private static JsonObject request(String name, String token) {
        return JsonObject.of(
                "username",
                name,
                "password",
                AccountsServer.PASSWORD,
                "auth",
                JsonObject.of("type", "m.login.registration_token", "token", token));
    }

    private static AccountsServer closed() {
        return AccountsServer.start(options ->
                options.withConfig(config -> config.withRegistration(RegistrationConfig.CLOSED)));
    }

    @Test
    void isMadeByTheTokenOfAnEmptyServerAndByNoneAfterwards() {
        try (var server = closed()) {
            Registration registration = server.accounts().registration();
            // Two nodes that start at once have each shown one.
            String shown = registration.firstAdministratorToken().orElseThrow();
            String other = registration.firstAdministratorToken().orElseThrow();
            server.post(null, "/_matrix/client/v3/register", request("chief", shown)).ok();

            Account chief =
                    server.accounts()
                            .users()
                            .find(UserId.parse("@chief:example.org"))
                            .orElseThrow();
            assertThat(chief.admin()).isTrue();
            for (String token : List.of(shown, other)) {
                assertThat(
                                server.post(
                                                null,
                                                "/_matrix/client/v3/register",
                                                request("rival", token))
                                        .refusal())
                        .isEqualTo("401 M_FORBIDDEN");
            }
            assertThat(registration.firstAdministratorToken()).isEmpty();
        }
    }

    @Test
    void isOneEvenIfTwoTokensAreUsedAtOnce() throws Exception {
        try (var server = closed()) {
            List<Callable<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String token =
                        server.accounts().registration().firstAdministratorToken().orElseThrow();
                JsonObject request = request("chief" + i, token);
                all.add(() -> server.post(null, "/_matrix/client/v3/register", request).status());
            }
            List<Integer> statuses = new ArrayList<>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Integer> status : threads.invokeAll(all)) {
                    statuses.add(status.get());
                }
            }
            assertThat(statuses).containsOnlyOnce(200);
            assertThat(statuses).allMatch(status -> status < 500);
        }
    }
}
