package org.valise.rooms.handshake;

import org.valise.platform.http.Call;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Signer;
import org.valise.rooms.admission.EventAdmission;
import org.valise.rooms.admission.EventSignatureCheck;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.membership.RestrictedJoins;
import org.valise.rooms.membership.Vouching;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Optional;

/// Takes in the member events that other servers have signed for their users.
public final class SignedMemberships {
    private final OpenRooms rooms;
    private final Lanes lanes;
    private final RestrictedJoins restricted;
    private final EventAdmission admission;
    private final EventSignatureCheck signatures;
    private final Signer signer;

    SignedMemberships(
            OpenRooms rooms,
            Lanes lanes,
            RestrictedJoins restricted,
            EventAdmission admission,
            EventSignatureCheck signatures,
            Signer signer) {
        this.rooms = rooms;
        this.lanes = lanes;
        this.restricted = restricted;
        this.admission = admission;
        this.signatures = signatures;
        this.signer = signer;
    }

    /// Takes the event that a server sends into the room that it names; if it is there already,
    /// that is well, for the answer may have been lost.
    ///
    /// @return the event as it is in the room
    /// @throws MatrixException `M_INVALID_PARAM` if it is not what it should be, 403 if the room
    ///   refuses it
    StoredEvent receive(Handshake handshake, Call call) {
        ServerName origin = call.origin();
        RoomId id = call.path("roomId", RoomId::parse);
        EventId eventId = call.path("eventId", EventId::parse);
        JsonObject pdu = call.jsonBody();
        RoomRef room = rooms.room(id, origin);
        Event event = parsed(room.version(), pdu);
        handshake.mustBe(event, id);
        must(event.id().equals(eventId), "its id is another one");
        // "The event sender is not a user ID on the origin server."
        must(event.sender().server().equals(origin), "its sender is not of your server");
        must(event.contentHashMatches(), "its hash does not match");
        Event complete = handshake == Handshake.JOIN ? vouched(room, event) : event;
        return switch (admission.receiveForOthers(room, complete, signatures)) {
            case Admission.Accepted(StoredEvent accepted) -> accepted;
            case Admission.Known(StoredEvent known) when known.status() == EventStatus.ACCEPTED ->
                    known;
            case Admission.Known _ -> throw refusal("the room refuses it");
            case Admission.SoftFailed(StoredEvent _, String reason) -> throw refusal(reason);
            case Admission.Rejected(EventId _, String reason) -> throw refusal(reason);
            case Admission.Lacks _ -> throw fault("it refers to events that are not here");
            case Admission.Dropped(String reason) -> throw fault(reason);
            case Admission.Outlier _,
                    Admission.Waiting _,
                    Admission.Unrelated _,
                    Admission.Unbelievable _ ->
                    throw fault("it has no place in the room");
        };
    }

    private static Event parsed(RoomVersion version, JsonObject pdu) {
        try {
            return Event.parse(version, pdu);
        } catch (InvalidEvent e) {
            throw fault(String.valueOf(e.getMessage()));
        }
    }

    /// "The resident server which owns the provided user ID must have a valid signature on the
    /// event. If the resident server is receiving the `/send_join` request, the signature must be
    /// added before sending or persisting the event to other servers."
    private Event vouched(RoomRef room, Event join) {
        Optional<UserId> member =
                join.content()
                        .string("join_authorised_via_users_server")
                        .filter(any -> room.version().has(Tweak.RESTRICTED_JOINS))
                        .flatMap(UserId::tryParse);
        if (member.isEmpty()) {
            return join;
        }
        must(
                member.get().server().equals(signer.server()),
                "its `join_authorised_via_users_server` is not of this server");
        // Time has passed since the template was made.
        Vouching vouching = lanes.write(room, writer -> restricted.vouch(writer, join.sender()));
        MembershipTemplates.vouched(vouching, join.content());
        try {
            return join.signedAlsoBy(signer);
        } catch (InvalidEvent e) {
            throw fault(String.valueOf(e.getMessage()));
        }
    }

    private static void must(boolean condition, String fault) {
        if (!condition) {
            throw fault(fault);
        }
    }

    private static MatrixException fault(String fault) {
        return new MatrixException(
                ErrorCode.M_INVALID_PARAM, "The event cannot be taken: " + fault);
    }

    private static MatrixException refusal(String reason) {
        return new MatrixException(ErrorCode.M_FORBIDDEN, reason);
    }
}
