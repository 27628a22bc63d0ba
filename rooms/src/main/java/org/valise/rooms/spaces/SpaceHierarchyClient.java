package org.valise.rooms.spaces;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.spaces.SpaceTree.Node;

import java.util.List;
import java.util.Optional;

/// Pages through the rooms of a space. Spec: client-server API, `GET /rooms/{roomId}/hierarchy`.
///
/// A page is cut out of the whole walk, made anew: what a token names is a room, so that nothing is
/// shown twice or left out where the rest of the space changes meanwhile.
public final class SpaceHierarchyClient implements Endpoint {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 1_000;
    private static final int MAX_DEPTH = 20;

    private final SpaceTree tree;

    public SpaceHierarchyClient(SpaceTree tree) {
        this.tree = tree;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v1/rooms/{roomId}/hierarchy")
                .spec("getSpaceHierarchy")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.DIRECTORY)
                .alsoAt("/_matrix/client/unstable/org.matrix.msc2946/rooms/{roomId}/hierarchy");
    }

    @Override
    public Reply handle(Call call) {
        RoomId root = call.path("roomId", RoomId::parse);
        int limit = (int) Math.min(positive(call, "limit", DEFAULT_LIMIT, 1), MAX_LIMIT);
        Optional<HierarchyToken> from = call.query("from").map(SpaceHierarchyClient::token);
        int maxDepth =
                (int)
                        Math.min(
                                positive(
                                        call,
                                        "max_depth",
                                        from.map(HierarchyToken::maxDepth).orElse(MAX_DEPTH),
                                        0),
                                MAX_DEPTH);
        boolean suggestedOnly =
                call.boolQuery("suggested_only")
                        .orElse(from.map(HierarchyToken::suggestedOnly).orElse(false));
        from.filter(token -> token.maxDepth() != maxDepth || token.suggestedOnly() != suggestedOnly)
                .ifPresent(changed -> {
                    throw new MatrixException(
                            ErrorCode.M_INVALID_PARAM,
                            "suggested_only and max_depth cannot change on paginated requests");
                });
        List<Node> walk = tree.walk(call.caller(), root, maxDepth, suggestedOnly);
        if (walk.isEmpty()) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "You are not allowed to view this room.");
        }
        int first = from.map(token -> placeAfter(walk, token)).orElse(0);
        List<Node> page = walk.subList(first, Math.min(walk.size(), first + limit));
        HierarchyToken next =
                first + page.size() < walk.size()
                        ? new HierarchyToken(maxDepth, suggestedOnly, page.getLast().room())
                        : null;
        return Reply.json(rendered(page, next));
    }

    /// "Must be an integer greater than zero", or "a non-negative integer".
    private static long positive(Call call, String name, int unspecified, int least) {
        long given = call.integerQuery(name).orElse((long) unspecified);
        if (given < least) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM, name + " must not be less than " + least);
        }
        return given;
    }

    private static HierarchyToken token(String text) {
        return HierarchyToken.tryParse(text).orElseThrow(SpaceHierarchyClient::unknownToken);
    }

    private static int placeAfter(List<Node> walk, HierarchyToken token) {
        for (int i = 0; i < walk.size(); i++) {
            if (walk.get(i).room().equals(token.after())) {
                return i + 1;
            }
        }
        throw unknownToken();
    }

    private static MatrixException unknownToken() {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, "Unknown pagination token");
    }

    private static byte[] rendered(List<Node> page, @Nullable HierarchyToken next) {
        JsonBuffer out = new JsonBuffer(16 << 10);
        out.ascii("{\"rooms\":[");
        for (int i = 0; i < page.size(); i++) {
            out.ascii(i == 0 ? "" : ",").value(page.get(i).content());
            // What was written ends with a brace: the links go before it.
            out.truncate(out.length() - 1);
            out.ascii(",\"children_state\":[");
            links(page.get(i), out);
            out.ascii("]}");
        }
        out.ascii("]");
        if (next != null) {
            out.ascii(",\"next_batch\":").string(next.toString());
        }
        return out.ascii("}").toBytes();
    }

    private static void links(Node node, JsonBuffer out) {
        String comma = "";
        for (SpaceChild link : node.links()) {
            out.ascii(comma).value(link.stripped());
            comma = ",";
        }
    }
}
