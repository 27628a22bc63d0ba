package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.filters.Filters;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.platform.stream.Stream;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.filter.Filter;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;
import org.valise.rooms.presence.PresenceState;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.tokens.StreamToken;
import org.valise.sync.streams.UserView;
import org.valise.sync.streams.UserViews;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Tells a device what is new, waiting for it if it wants. Spec: client-server API, `GET /sync`.
public final class SyncClient implements Endpoint {
    private static final Duration MAX_WAIT = Duration.ofSeconds(90);

    /// How long a token may be ahead of this node: another node has just given it.
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final Stream stream;
    private final UserViews users;
    private final Filters filters;
    private final SyncBuilder builder;
    private final ClassicExtras extras;
    private final DeviceMessages messages;

    public SyncClient(
            Stream stream,
            UserViews users,
            Filters filters,
            ClassicExtras extras,
            List<DeviceExtras> deviceExtras,
            DeviceMessages messages) {
        this.stream = stream;
        this.users = users;
        this.filters = filters;
        this.extras = extras;
        this.messages = messages;
        this.builder = new SyncBuilder(extras.rooms(), extras, deviceExtras, messages);
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/sync")
                .spec("sync")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.SYNC)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) throws InterruptedException {
        Optional<StreamToken> since = call.query("since").map(StreamToken::parse);
        long wait = Math.clamp(call.integerQuery("timeout").orElse(0L), 0L, MAX_WAIT.toMillis());
        long deadline = System.nanoTime() + Duration.ofMillis(wait).toNanos();
        Optional<PresenceState> presence = setPresence(call);
        Wanted wanted =
                new Wanted(
                        filter(call),
                        since.orElse(null),
                        call.boolQuery("full_state").orElse(false),
                        StateField.wanted(call));
        if (since.isPresent() && !stream.await(since.get().position(), CATCH_UP)) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "The token is from the future");
        }
        try (UserViews.Lease lease = users.open(call.caller().userNumber())) {
            extras.presence().syncBegins(call.caller(), presence.orElse(null));
            try {
                return answer(call, lease.view(), wanted, deadline);
            } finally {
                extras.presence().syncEnds(call.caller());
            }
        }
    }

    /// What the client asks for; see [SyncRequest].
    private record Wanted(
            Filter filter, @Nullable StreamToken since, boolean fullState, StateField state) {}

    private Reply answer(Call call, UserView user, Wanted wanted, long deadline)
            throws InterruptedException {
        boolean immediate = wanted.since == null || wanted.fullState;
        call.onRelease(user::wakeAll);
        messages.acknowledge(call.caller(), wanted.since);
        while (true) {
            StreamToken upTo = new StreamToken(stream.applied(), extras.ephemeralPosition());
            SyncRequest request =
                    new SyncRequest(
                            call.caller(),
                            Reader.of(call.caller(), System.currentTimeMillis()),
                            wanted.filter,
                            wanted.since,
                            wanted.fullState,
                            wanted.state,
                            extras.ignored(call.caller()),
                            extras.lookups(user, wanted.fullState ? null : wanted.since),
                            upTo);
            SyncBuilder.Built built = builder.build(user, request);
            long left = deadline - System.nanoTime();
            if (built.news() || immediate || left <= 0 || call.released()) {
                return Reply.json(built.body());
            }
            user.await(
                    upTo.position(),
                    upTo.ephemeral(),
                    call.caller().session(),
                    left,
                    call::released);
        }
    }

    private static Optional<PresenceState> setPresence(Call call) {
        return call.query("set_presence")
                .map(word ->
                        PresenceState.ofWord(word)
                                .orElseThrow(() ->
                                        new MatrixException(
                                                ErrorCode.M_INVALID_PARAM,
                                                "set_presence must be online, unavailable or"
                                                        + " offline")));
    }

    private Filter filter(Call call) {
        @Nullable String given = call.query("filter").orElse(null);
        if (given == null) {
            return Filter.NONE;
        }
        if (!given.startsWith("{")) {
            return filters.find(call.caller().userNumber(), given)
                    .orElseThrow(
                            () -> new MatrixException(ErrorCode.M_INVALID_PARAM, "No such filter"));
        }
        try {
            return Filter.parse(Json.parseObject(given));
        } catch (JsonException e) {
            throw new MatrixException(ErrorCode.M_NOT_JSON, "The filter is not JSON");
        }
    }
}
