package org.valise.rooms.reporting;

import org.valise.accounts.reports.Report;
import org.valise.accounts.reports.Reports;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.timeline.RoomStore;

/// Reports a room. *Servers MUST NOT restrict room reports based on whether or not the reporting
/// user is joined to the room.* Spec: client-server API, POST /rooms/{roomId}/report
public final class ReportRoomClient implements Endpoint {
    private final RoomStore rooms;
    private final Reports reports;

    public ReportRoomClient(RoomStore rooms, Reports reports) {
        this.rooms = rooms;
        this.reports = reports;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/report")
                .spec("reportRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.REPORT);
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = call.path("roomId", RoomId::parse);
        String reason = Reports.checkedReason(call.body().string("reason"));
        // SECURITY: *Servers MAY prevent room ID enumeration by using the 200 response regardless
        // of
        // the existence of the reported room.*
        if (rooms.find(room).isPresent()) {
            reports.put(call.caller().userNumber(), new Report.OfRoom(room), reason);
        }
        return Reply.empty();
    }
}
