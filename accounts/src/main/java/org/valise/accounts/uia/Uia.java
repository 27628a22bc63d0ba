package org.valise.accounts.uia;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.changes.AccountChange;
import org.valise.accounts.changes.AccountCommits;
import org.valise.accounts.tokens.TokenHash;
import org.valise.accounts.uia.UiaStore.Stored;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.CommitRefusedException;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// User-interactive authentication: proof, in stages, that the user wants what the request asks
/// for. Spec: client-server API, "User-Interactive Authentication API".
///
/// Sessions live in the database, so that any node can go on with them. A session holds for one
/// operation and one caller, and from the first completed stage on for one request: what was proved
/// for one thing cannot be used for another.
public final class Uia {
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final int ID_BYTES = 24;
    private static final int SWEEP_ONE_IN = 50;
    private static final byte[] NOT_FIXED = {};

    private final Database database;
    private final AccountCommits commits;
    private final Clock clock;
    private final Map<String, Stage> stages = new LinkedHashMap<>();
    private final UiaStore store = new UiaStore();
    private final SecureRandom random = new SecureRandom();

    public Uia(Database database, AccountCommits commits, Clock clock, List<Stage> stages) {
        this.database = database;
        this.commits = commits;
        this.clock = clock;
        stages.forEach(stage -> this.stages.put(stage.type(), stage));
    }

    /// Asks for one of these flows.
    ///
    /// @param caller whose access token came with the request, if any did
    /// @param operation what is to be done, with what its path names (`deleteDevice ABCD`)
    /// @param body the request's body, with `auth` if the client sends any
    public Outcome require(
            Call call,
            @Nullable Caller caller,
            String operation,
            List<Flow> flows,
            JsonObject body) {
        var attempt = new Attempt(call, caller, operation, flows, body);
        Optional<JsonObject> auth = Body.of(body).optionalObject("auth");
        if (auth.isEmpty()) {
            return attempt.begin(Optional.empty());
        }
        return attempt.goOn(auth.get());
    }

    /// Uses up a proof, in the transaction of what it was for. A second request with the same
    /// session finds it gone.
    public void spend(Tx tx, Proof proof) {
        if (proof.session() != null && !store.delete(tx, proof.session())) {
            throw spent();
        }
    }

    /// The same before something of another module: if that then fails, the user has to
    /// authenticate again.
    public void spend(Proof proof) {
        database.run(tx -> spend(tx, proof));
    }

    /// The same for what goes into the one order: both happen, or neither does.
    public void commit(
            Proof proof, AccountCommits.Rows rows, LongFunction<List<AccountChange>> changes) {
        byte[] session = proof.session();
        if (session == null) {
            commits.write(rows, changes);
            return;
        }
        try {
            commits.write(
                    (batch, ordinal) -> {
                        store.spend(batch, session);
                        rows.addTo(batch, ordinal);
                    },
                    changes);
        } catch (CommitRefusedException e) {
            if (!e.isState(AccountCommits.OUTRUN)) {
                throw e;
            }
            throw spent();
        }
    }

    private static MatrixException spent() {
        return new MatrixException(
                ErrorCode.M_FORBIDDEN, "This authentication was used already, begin again");
    }

    /// One request.
    private final class Attempt {
        private final Call call;
        private final @Nullable Caller caller;
        private final String operation;
        private final List<Flow> flows;
        private final JsonObject body;

        Attempt(
                Call call,
                @Nullable Caller caller,
                String operation,
                List<Flow> flows,
                JsonObject body) {
            this.call = call;
            this.caller = caller;
            this.operation = operation;
            this.flows = flows;
            this.body = body;
        }

        Outcome begin(Optional<Stage.Failed> failure) {
            return begin(List.of(), JsonObject.of(), failure);
        }

        Outcome begin(List<String> completed, JsonObject evidence, Optional<Stage.Failed> failure) {
            String id = randomId();
            var session =
                    new Stored(
                            hashed(id),
                            operation,
                            userNumber(),
                            completed.isEmpty() ? NOT_FIXED : requestHash(id),
                            completed,
                            evidence,
                            flows);
            database.run(tx -> {
                store.insert(tx, session, clock.instant().plus(LIFETIME));
                if (ThreadLocalRandom.current().nextInt(SWEEP_ONE_IN) == 0) {
                    store.sweep(tx, clock.instant());
                }
            });
            return challenge(id, completed, failure);
        }

        Outcome goOn(JsonObject auth) {
            Body fields = Body.of(auth);
            Optional<String> id = fields.optionalString("session");
            Optional<String> type = fields.optionalString("type");
            if (id.isEmpty()) {
                // Nothing was begun yet: a flow of one stage is done at once.
                return type.isEmpty() ? begin(Optional.empty()) : withoutSession(type.get(), auth);
            }
            Optional<Stored> session =
                    database.read(tx -> store.find(tx, hashed(id.get()), clock.instant()));
            if (session.isEmpty()) {
                return begin(
                        Optional.of(
                                new Stage.Failed(
                                        ErrorCode.M_UNKNOWN,
                                        "The authentication session is unknown or has expired")));
            }
            return withSession(id.get(), session.get(), type, auth);
        }

        private Outcome withoutSession(String type, JsonObject auth) {
            return switch (judge(List.of(), type, auth)) {
                case Stage.Failed failed -> begin(Optional.of(failed));
                case Stage.Passed passed ->
                        isComplete(List.of(type))
                                ? new Proof(null, passed.evidence())
                                : begin(List.of(type), passed.evidence(), Optional.empty());
            };
        }

        private Outcome withSession(
                String id, Stored session, Optional<String> type, JsonObject auth) {
            refuseAnotherRequest(id, session);
            // *Completed stages cannot be retried by clients*; without a type the client asks how
            // far it is.
            if (type.isEmpty() || session.completed().contains(type.get())) {
                return isComplete(session.completed())
                        ? new Proof(session.id(), session.evidence())
                        : challenge(id, session.completed(), Optional.empty());
            }
            return switch (judge(session.completed(), type.get(), auth)) {
                case Stage.Failed failed -> challenge(id, session.completed(), Optional.of(failed));
                case Stage.Passed passed -> advance(id, session, type.get(), passed);
            };
        }

        private Outcome advance(String id, Stored session, String type, Stage.Passed passed) {
            var completed = new ArrayList<>(session.completed());
            completed.add(type);
            var further =
                    new Stored(
                            session.id(),
                            session.operation(),
                            session.user(),
                            requestHash(id),
                            List.copyOf(completed),
                            session.evidence().toBuilder().putAll(passed.evidence()).build(),
                            session.flows());
            if (!database.read(tx -> store.advance(tx, session, further))) {
                throw new MatrixException(
                        ErrorCode.M_FORBIDDEN,
                        "Another request with this authentication session came first");
            }
            return isComplete(further.completed())
                    ? new Proof(further.id(), further.evidence())
                    : challenge(id, further.completed(), Optional.empty());
        }

        private Stage.Verdict judge(List<String> done, String type, JsonObject auth) {
            Stage stage = stages.get(type);
            // *The flow's stages must be completed in order. Failing to follow the flows in order
            // must result in an HTTP 401.*
            if (stage == null || flows.stream().noneMatch(flow -> flow.continuesWith(done, type))) {
                return new Stage.Failed(
                        ErrorCode.M_FORBIDDEN,
                        "This stage is in no flow, or not its turn: " + type);
            }
            return stage.judge(auth, caller, call);
        }

        /// SECURITY: a session that was begun for one thing must not let another thing through.
        private void refuseAnotherRequest(String id, Stored session) {
            boolean sameOperation =
                    session.operation().equals(operation)
                            && Objects.equals(session.user(), userNumber());
            boolean sameRequest =
                    session.request().length == 0
                            || MessageDigest.isEqual(session.request(), requestHash(id));
            if (!sameOperation || !sameRequest) {
                throw new MatrixException(
                        ErrorCode.M_FORBIDDEN,
                        "This authentication session was begun for another request");
            }
        }

        private Challenge challenge(
                String id, List<String> completed, Optional<Stage.Failed> failure) {
            var json = JsonObject.builder();
            failure.ifPresent(
                    failed -> json.put("errcode", failed.code().name()).put("error", failed.why()));
            if (!completed.isEmpty()) {
                json.put("completed", JsonArray.of(completed));
            }
            json.put(
                    "flows",
                    JsonArray.of(
                            flows.stream()
                                    .map(flow ->
                                            JsonObject.of("stages", JsonArray.of(flow.stages())))
                                    .toList()));
            json.put("params", params()).put("session", id);
            return new Challenge(json.build());
        }

        private JsonObject params() {
            Set<String> offered = new LinkedHashSet<>();
            flows.forEach(flow -> offered.addAll(flow.stages()));
            var params = JsonObject.builder();
            for (String type : offered) {
                Stage stage = stages.get(type);
                if (stage != null && !stage.params().isEmpty()) {
                    params.put(type, stage.params());
                }
            }
            return params.build();
        }

        private boolean isComplete(List<String> completed) {
            return flows.stream().anyMatch(flow -> flow.stages().equals(completed));
        }

        private @Nullable Long userNumber() {
            return caller == null ? null : caller.userNumber();
        }

        /// SECURITY: keyed with the session's id, which is not stored: the request may hold a
        /// password.
        private byte[] requestHash(String id) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(id.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                return mac.doFinal(CanonicalJson.encodeLoose(body.without("auth")));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has HmacSHA256", e);
            }
        }
    }

    private String randomId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] hashed(String id) {
        return TokenHash.of(id).bytes();
    }
}
