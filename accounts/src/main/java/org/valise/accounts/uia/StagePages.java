package org.valise.accounts.uia;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.tokens.TokenHash;
import org.valise.accounts.uia.UiaStore.Stored;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.database.Database;
import org.valise.platform.http.Call;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Stages that are completed on a web page, for clients that do not know them.
///
/// SECURITY: whoever knows a session's id may complete its stages, as with the client's own
/// request; what it was begun for, and by whom, stays as it was.
public final class StagePages {
    private final Database database;
    private final Clock clock;
    private final UserNumbers users;
    private final Map<String, Stage> stages = new LinkedHashMap<>();
    private final UiaStore store = new UiaStore();

    public StagePages(Database database, Clock clock, UserNumbers users, List<Stage> stages) {
        this.database = database;
        this.clock = clock;
        this.users = users;
        stages.forEach(stage -> this.stages.put(stage.type(), stage));
    }

    /// A page as it is to be shown.
    ///
    /// @param isDone whether the stage was completed before
    public record Page(StageForm form, boolean isDone) {}

    /// @throws MatrixException 404 if there is no such session, or it does not go on with this
    ///   stage
    public Page page(String type, String session) {
        Stored stored = stored(session);
        Stage stage = stage(type);
        if (stored.completed().contains(type)) {
            return new Page(form(stage, stored), true);
        }
        refuseIfNotItsTurn(stored, type);
        return new Page(form(stage, stored), false);
    }

    /// @param fields what was filled in
    /// @throws MatrixException 401 if that does not prove it
    public void complete(String type, String session, JsonObject fields, Call call) {
        Stored stored = stored(session);
        Stage stage = stage(type);
        if (stored.completed().contains(type)) {
            return;
        }
        refuseIfNotItsTurn(stored, type);
        switch (stage.judge(stage.submitted(fields, user(stored)), null, call)) {
            case Stage.Failed failed ->
                    throw new MatrixException(failed.code(), failed.why()).status(401);
            case Stage.Passed passed -> advance(stored, type, passed);
        }
    }

    private void advance(Stored stored, String type, Stage.Passed passed) {
        List<String> completed = new ArrayList<>(stored.completed());
        completed.add(type);
        Stored further =
                new Stored(
                        stored.id(),
                        stored.operation(),
                        stored.user(),
                        stored.request(),
                        List.copyOf(completed),
                        stored.evidence().toBuilder().putAll(passed.evidence()).build(),
                        stored.flows());
        if (!database.read(tx -> store.advance(tx, stored, further))) {
            throw new MatrixException(
                            ErrorCode.M_FORBIDDEN,
                            "Another request with this authentication session came first")
                    .status(403);
        }
    }

    private Stored stored(String session) {
        return database.read(tx -> store.find(tx, TokenHash.of(session).bytes(), clock.instant()))
                .orElseThrow(() ->
                        new MatrixException(
                                ErrorCode.M_NOT_FOUND,
                                "The authentication session is unknown or has expired"));
    }

    private Stage stage(String type) {
        Stage stage = stages.get(type);
        if (stage == null) {
            throw new MatrixException(ErrorCode.M_NOT_FOUND, "There is no such stage");
        }
        return stage;
    }

    private static void refuseIfNotItsTurn(Stored stored, String type) {
        if (stored.flows().stream()
                .noneMatch(flow -> flow.continuesWith(stored.completed(), type))) {
            throw new MatrixException(
                    ErrorCode.M_NOT_FOUND, "The session does not go on with this stage");
        }
    }

    private StageForm form(Stage stage, Stored stored) {
        return stage.form(stored.user() != null);
    }

    private @Nullable UserId user(Stored stored) {
        Long number = stored.user();
        return number == null ? null : users.user(number);
    }
}
