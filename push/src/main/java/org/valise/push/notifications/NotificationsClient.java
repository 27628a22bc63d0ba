package org.valise.push.notifications;

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
import org.valise.push.counts.TimelineUnread;
import org.valise.push.rules.PushRules;
import org.valise.rooms.Rooms;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;

import java.util.Optional;

/// Lists what the caller was notified about. Spec: client-server API, `GET /notifications`.
public final class NotificationsClient implements Endpoint {
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 200;

    private final Rooms rooms;
    private final Notifications notifications;

    public NotificationsClient(
            Rooms rooms, Stream stream, PushRules rules, TimelineUnread timeline) {
        this.rooms = rooms;
        this.notifications = new Notifications(rooms, stream, rules, timeline);
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/notifications")
                .spec("getNotifications")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Optional<Long> from = call.query("from").map(NotificationsClient::position);
        long limit = call.integerQuery("limit").orElse((long) DEFAULT_LIMIT);
        if (limit < 1) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "limit must be at least 1");
        }
        boolean onlyHighlights = call.query("only").equals(Optional.of("highlight"));
        Notifications.Page page =
                notifications.read(
                        call.caller(), from, (int) Math.min(limit, MAX_LIMIT), onlyHighlights);
        Reader reader = Reader.of(call.caller(), call.arrival());
        JsonBuffer out = new JsonBuffer(16 << 10);
        out.ascii("{");
        if (page.next() != null) {
            out.ascii("\"next_token\":\"").number(page.next()).ascii("\",");
        }
        out.ascii("\"notifications\":[");
        boolean first = true;
        for (Notification each : page.notifications()) {
            out.ascii(first ? "{\"actions\":" : ",{\"actions\":").value(each.actions().actions());
            out.ascii(",\"event\":");
            rooms.renderer().renderWithoutRoom(each.event(), reader, out);
            out.ascii(",\"read\":").ascii(Boolean.toString(each.read()));
            out.ascii(",\"room_id\":").string(each.event().event().roomId().value());
            out.ascii(",\"ts\":").number(each.event().event().originServerTs()).ascii("}");
            first = false;
        }
        return Reply.json(out.ascii("]}").toBytes());
    }

    private static long position(String token) {
        try {
            return Long.parseLong(token);
        } catch (NumberFormatException e) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Not a token of this server");
        }
    }
}
