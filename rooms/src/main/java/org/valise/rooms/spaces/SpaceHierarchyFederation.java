package org.valise.rooms.spaces;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.summaries.RoomSummaries;
import org.valise.rooms.summaries.RoomSummary;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Tells another server of a space and of the rooms in it. Spec: server-server API, `GET
/// /hierarchy/{roomId}`.
public final class SpaceHierarchyFederation implements Endpoint {
    /// SECURITY: a space may name any number of rooms; so many are looked at.
    private static final int MAX_CHILDREN = 1_000;

    private final RoomSummaries summaries;
    private final SpaceLinks links;

    public SpaceHierarchyFederation(RoomSummaries summaries, SpaceLinks links) {
        this.summaries = summaries;
        this.links = links;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/hierarchy/{roomId}")
                .spec("getSpaceHierarchy")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        RoomId id = call.path("roomId", RoomId::parse);
        boolean suggestedOnly = call.boolQuery("suggested_only").orElse(false);
        RoomSummary space = summaries.told(List.of(id), call.origin()).get(id);
        if (space == null) {
            // SECURITY: one answer for what is not there and for what may not be known.
            throw new MatrixException(ErrorCode.M_NOT_FOUND, "Room does not exist.");
        }
        List<SpaceChild> children =
                links.of(List.of(space), suggestedOnly)
                        .getOrDefault(space.room().number(), List.of());
        Set<RoomId> named = new LinkedHashSet<>();
        children.stream().limit(MAX_CHILDREN).forEach(child -> named.add(child.room()));
        Map<RoomId, RoomSummary> told = summaries.told(named, call.origin());
        Set<RoomId> here = summaries.here(named).keySet();
        List<JsonObject> shown = new ArrayList<>();
        List<String> inaccessible = new ArrayList<>();
        for (RoomId child : named) {
            RoomSummary summary = told.get(child);
            if (summary != null) {
                shown.add(summary.content());
            } else if (here.contains(child)) {
                inaccessible.add(child.value());
            }
        }
        JsonArray state = JsonArray.of(children.stream().map(SpaceChild::stripped).toList());
        return Reply.json(
                JsonObject.of(
                        "room",
                        space.content().with("children_state", state),
                        "children",
                        JsonArray.of(shown),
                        "inaccessible_children",
                        JsonArray.of(inaccessible)));
    }
}
