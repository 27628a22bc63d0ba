package org.valise.accounts.uia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.OptionalInt;

/// Flows of several stages, gone through on two nodes.
class StagesTest {
    private static final String PATH = "/_matrix/client/v3/test/careful";
    private static AccountsServer one;
    private static AccountsServer two;

    /// Wants a password, and then a token or nothing more.
    private record CarefulClient(Uia uia) implements Endpoint {
        private static final List<Flow> FLOWS =
                List.of(
                        Flow.of("m.login.password", "m.login.dummy"),
                        Flow.of("m.login.password", "m.login.registration_token"));

        @Override
        public Route route() {
            return Route.post(PATH)
                    .extension("careful")
                    .auth(Auth.ACCESS_TOKEN)
                    .limit(RateLimit.WRITE);
        }

        @Override
        public Reply handle(Call call) {
            return switch (uia.require(call, call.caller(), "careful", FLOWS, call.jsonBody())) {
                case Challenge challenge -> challenge.reply();
                case Proof proof -> {
                    uia.commit(proof, (batch, ordinal) -> {}, position -> List.of());
                    yield Reply.json(JsonObject.of("done", call.jsonBody().get("what")));
                }
            };
        }
    }

    @BeforeAll
    static void start() {
        one =
                AccountsServer.start(options ->
                        options.withEndpoints(
                                accounts -> List.of(new CarefulClient(accounts.uia()))));
        two =
                one.node(options ->
                        options.withEndpoints(
                                accounts -> List.of(new CarefulClient(accounts.uia()))));
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
    }

    private static JsonObject request(String what, JsonObject auth, String session) {
        return JsonObject.of("what", what, "auth", auth.with("session", session));
    }

    private static String begun(User user) {
        return one.post(user, PATH, JsonObject.of("what", "this"))
                .json()
                .string("session")
                .orElseThrow();
    }

    private static JsonObject dummy() {
        return JsonObject.of("type", "m.login.dummy");
    }

    @Test
    void areDoneInOrderOnWhateverNode() {
        User alice = one.register("alice");
        String session = begun(alice);

        Answer early = two.post(alice, PATH, request("this", dummy(), session));
        assertThat(early.refusal()).isEqualTo("401 M_FORBIDDEN");
        assertThat(early.json().has("completed")).isFalse();

        Answer half = two.post(alice, PATH, request("this", alice.auth(), session));
        assertThat(half.status()).isEqualTo(401);
        assertThat(half.json().has("errcode")).isFalse();
        assertThat(half.json().array("completed")).contains(JsonArray.of("m.login.password"));
        assertThat(half.json().string("session")).contains(session);

        // *Completed stages cannot be retried*: not even with the wrong password.
        Answer again = one.post(alice, PATH, request("this", alice.auth("wrong"), session));
        assertThat(again.status()).isEqualTo(401);
        assertThat(again.json()).isEqualTo(half.json());
        // With the session alone the client asks how far it is.
        assertThat(one.post(alice, PATH, request("this", JsonObject.of(), session)).json())
                .isEqualTo(half.json());

        assertThat(one.post(alice, PATH, request("this", dummy(), session)).ok())
                .isEqualTo(JsonObject.of("done", "this"));
    }

    @Test
    void goTheWayTheClientChooses() {
        User alice = one.register("chooser");
        String session = begun(alice);
        one.post(alice, PATH, request("this", alice.auth(), session));
        JsonObject guess = JsonObject.of("type", "m.login.registration_token", "token", "guess");
        Answer wrong = one.post(alice, PATH, request("this", guess, session));
        assertThat(wrong.refusal()).isEqualTo("401 M_FORBIDDEN");
        assertThat(wrong.json().array("completed")).contains(JsonArray.of("m.login.password"));
        String token = one.accounts().registrationTokens().create(OptionalInt.of(1), false, null);
        assertThat(
                        one.post(alice, PATH, request("this", guess.with("token", token), session))
                                .status())
                .isEqualTo(200);
    }

    @Test
    void holdForTheRequestOfTheFirstCompletedStage() {
        User alice = one.register("switcher");
        String session = begun(alice);
        one.post(alice, PATH, request("this", alice.auth(), session));
        assertThat(one.post(alice, PATH, request("that", dummy(), session)).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(one.post(alice, PATH, request("this", dummy(), session)).status())
                .isEqualTo(200);
    }

    @Test
    void beginWithoutASessionToo() {
        User alice = one.register("direct");
        Answer half = one.post(alice, PATH, JsonObject.of("what", "this", "auth", alice.auth()));
        assertThat(half.json().array("completed")).contains(JsonArray.of("m.login.password"));
        String session = half.json().string("session").orElseThrow();
        assertThat(two.post(alice, PATH, request("this", dummy(), session)).status())
                .isEqualTo(200);
        assertThat(one.post(alice, PATH, request("this", dummy(), session)).status())
                .isEqualTo(401);
    }
}
