package org.valise.rooms.summaries;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.directory.AliasLookup.Found;
import org.valise.rooms.members.Membership;
import org.valise.rooms.membership.RoomTargets;
import org.valise.rooms.outside.OutsideMemberships;
import org.valise.rooms.summaries.RoomSummaries.Told;
import org.valise.rooms.summaries.RoomSummaries.ToldElsewhere;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What there is to know of a room before joining it. Spec: client-server API, `GET
/// /room_summary/{roomIdOrAlias}`.
public final class RoomSummaryClient implements Endpoint {
    private static final int MAX_ASKED = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RoomSummaries summaries;
    private final RemoteRooms remote;
    private final RoomTargets targets;
    private final OutsideMemberships outside;

    public RoomSummaryClient(
            RoomSummaries summaries,
            RemoteRooms remote,
            RoomTargets targets,
            OutsideMemberships outside) {
        this.summaries = summaries;
        this.remote = remote;
        this.targets = targets;
        this.outside = outside;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v1/room_summary/{roomIdOrAlias}")
                .spec("getRoomSummary")
                .auth(Auth.OPTIONAL)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.DIRECTORY)
                .alsoAt(
                        "/_matrix/client/unstable/im.nheko.summary/summary/{roomIdOrAlias}",
                        "/_matrix/client/unstable/im.nheko.summary/rooms/{roomIdOrAlias}/summary")
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        Found target = targets.find(call.path("roomIdOrAlias"));
        @Nullable Caller reader = call.optionalCaller().orElse(null);
        Told told = summaries.told(List.of(target.room()), reader).get(target.room());
        if (told != null) {
            return reply(told.summary().content(), reader, told.membership());
        }
        return elsewhere(call, target)
                .map(found -> reply(found.room().content(), reader, found.membership()))
                .orElseThrow(() ->
                        // SECURITY: one answer for what is not there and for what may not be known.
                        new MatrixException(ErrorCode.M_NOT_FOUND, "Room not found"));
    }

    /// "The servers to attempt to request the summary from when the local server cannot generate it
    /// (for instance, because it has no local user in the room)." SECURITY: only for whoever has
    /// said who they are; others could make this server ask around.
    private Optional<ToldElsewhere> elsewhere(Call call, Found target) {
        Optional<Caller> reader = call.optionalCaller();
        if (reader.isEmpty() || !summaries.here(List.of(target.room())).isEmpty()) {
            return Optional.empty();
        }
        List<ServerName> via = new ArrayList<>();
        call.queries("via").forEach(name -> ServerName.tryParse(name).ifPresent(via::add));
        via.addAll(target.servers());
        via.addAll(outside.servers(reader.get().user(), target.room()));
        target.room().originServer().ifPresent(via::add);
        return remote.asking(MAX_ASKED, PATIENCE).find(target.room(), via).stream()
                .flatMap(room -> summaries.told(List.of(room), reader.get()).stream())
                .findFirst();
    }

    private static Reply reply(
            JsonObject summary, @Nullable Caller reader, @Nullable Membership membership) {
        return Reply.json(
                reader == null
                        ? summary
                        : summary.with(
                                "membership",
                                (membership == null ? Membership.LEAVE : membership).word()));
    }
}
