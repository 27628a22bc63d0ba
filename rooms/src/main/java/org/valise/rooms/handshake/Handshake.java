package org.valise.rooms.handshake;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.members.Membership;

import java.util.Optional;

/// What a server asks another one for in two steps: a template of a member event, and to take it in
/// once it is signed.
public enum Handshake {
    JOIN(Membership.JOIN, "make_join", "v2/send_join"),
    KNOCK(Membership.KNOCK, "make_knock", "v1/send_knock"),
    LEAVE(Membership.LEAVE, "make_leave", "v2/send_leave");

    private static final String PREFIX = "/_matrix/federation/";

    private final Membership membership;
    private final String make;
    private final String send;

    Handshake(Membership membership, String make, String send) {
        this.membership = membership;
        this.make = make;
        this.send = send;
    }

    Membership membership() {
        return membership;
    }

    /// The path of the first step, without its parameters.
    String makePath() {
        return PREFIX + "v1/" + make;
    }

    /// The path of the second step, without its parameters.
    String sendPath() {
        return PREFIX + send;
    }

    /// What is wrong with a template: "the `room_id` is equal to the `roomId` path parameter",
    /// "both the `sender` and `state_key` are equal to the `userId` path parameter", "the `type` of
    /// the event is `m.room.member`", "the `membership` field inside `content`".
    Optional<String> fault(JsonObject template, RoomId room, UserId user) {
        if (!template.string("room_id").equals(Optional.of(room.value()))) {
            return Optional.of("it is of another room");
        }
        if (!template.string("sender").equals(Optional.of(user.value()))
                || !template.string("state_key").equals(Optional.of(user.value()))) {
            return Optional.of("it is of another user");
        }
        boolean isMembership =
                template.string("type").equals(Optional.of(EventTypes.MEMBER))
                        && template.object("content")
                                .flatMap(Membership::of)
                                .equals(Optional.of(membership));
        return isMembership ? Optional.empty() : Optional.of("it is no " + membership.word());
    }

    /// Refuses a signed event that is not what this handshake is about.
    ///
    /// @throws MatrixException `M_INVALID_PARAM`
    void mustBe(Event event, RoomId room) {
        fault(event.json(), room, event.sender())
                .ifPresent(fault -> {
                    throw new MatrixException(
                            ErrorCode.M_INVALID_PARAM, "The event cannot be taken: " + fault);
                });
    }
}
