package org.valise.rooms.reporting;

import org.valise.accounts.reports.Report;
import org.valise.accounts.reports.Reports;
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
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Visibility;

import java.util.Optional;

/// Reports an event. Spec: client-server API, POST /rooms/{roomId}/report/{eventId}
public final class ReportEventClient implements Endpoint {
    private final RoomStore rooms;
    private final MembershipStore memberships;
    private final Events events;
    private final Visibility visibility;
    private final Reports reports;

    public ReportEventClient(
            RoomStore rooms,
            MembershipStore memberships,
            Events events,
            Visibility visibility,
            Reports reports) {
        this.rooms = rooms;
        this.memberships = memberships;
        this.events = events;
        this.visibility = visibility;
        this.reports = reports;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/report/{eventId}")
                .spec("reportEvent")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = call.path("roomId", RoomId::parse);
        EventId id = call.path("eventId", EventId::parse);
        String reason = Reports.checkedReason(call.body().optionalString("reason").orElse(""));
        // SECURITY: one answer for what is not there, what may not be seen, and a room the caller
        // is
        // not in.
        StoredEvent event =
                find(call.caller(), room, id)
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_NOT_FOUND,
                                        "The event was not found or you are not joined to the"
                                                + " room"));
        reports.put(
                call.caller().userNumber(),
                new Report.OfEvent(room, id, event.event().sender()),
                reason);
        return Reply.empty();
    }

    /// *When processing event reports, servers MUST verify that the reporting user is currently
    /// joined to the room the event is in before accepting a report.*
    private Optional<StoredEvent> find(Caller caller, RoomId id, EventId event) {
        return rooms.find(id)
                .filter(room ->
                        memberships
                                .of(caller.userNumber(), room.number(), Long.MAX_VALUE)
                                .filter(own -> own.membership() == Membership.JOIN)
                                .isPresent())
                .flatMap(room -> events.byId(event).filter(found -> found.room() == room.number()))
                .filter(found -> visibility.maySee(caller.user(), caller.userNumber(), found));
    }
}
