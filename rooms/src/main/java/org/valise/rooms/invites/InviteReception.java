package org.valise.rooms.invites;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Signer;
import org.valise.rooms.invites.EventProof.Verdict;
import org.valise.rooms.members.Membership;
import org.valise.rooms.outside.OutsideMemberships;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Takes the invitations that other servers send to users of this one.
///
/// Spec: server-server API, "Inviting to a room".
public final class InviteReception {
    private final EventProof proof;
    private final InviteRoomState roomState;
    private final InviteGuard guard;
    private final OutsideMemberships outside;
    private final Signer signer;
    private final Predicate<UserId> exists;
    private final AclCheck acl;

    /// @param exists whether somebody on this server has that id, and may use it
    InviteReception(
            EventProof proof,
            InviteGuard guard,
            OutsideMemberships outside,
            Signer signer,
            Predicate<UserId> exists,
            AclCheck acl) {
        this.proof = proof;
        this.roomState = new InviteRoomState(proof);
        this.guard = guard;
        this.outside = outside;
        this.signer = signer;
        this.exists = exists;
        this.acl = acl;
    }

    /// An invitation as it came.
    ///
    /// @param origin the server that sent it
    /// @param room as the path has it, and the event's id
    /// @param told of the room
    record Invitation(
            ServerName origin,
            RoomId room,
            EventId id,
            RoomVersion version,
            JsonObject event,
            List<JsonValue> told) {}

    /// @return the event with this server's signature
    /// @throws MatrixException 400 for what is no invitation of a local user by a user of that
    ///   server, 403 if it is not wanted here
    JsonObject receive(Invitation invitation) {
        Event event = parsed(invitation);
        acl.require(invitation.room(), invitation.origin());
        UserId target = target(event, invitation.origin());
        if (proof.of(event, List.of(invitation.origin())) != Verdict.SIGNED
                || !event.contentHashMatches()) {
            throw invalid("The event is not signed as it must be");
        }
        List<JsonObject> told =
                roomState.read(invitation.version(), invitation.room(), invitation.told());
        if (!exists.test(target)) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, target + " cannot be invited");
        }
        JsonObject create = create(told);
        mustBeOpenToOthers(create);
        guard.check(target, create.object("content").orElse(JsonObject.of()));
        Event signed = event.signedAlsoBy(signer);
        outside.set(signed, told, invitation.origin());
        JsonObject answer = signed.json();
        return invitation.event().has("unsigned")
                ? answer.with("unsigned", invitation.event().get("unsigned"))
                : answer;
    }

    private static Event parsed(Invitation invitation) {
        Event event;
        try {
            event = Event.parse(invitation.version(), invitation.event());
        } catch (InvalidEvent e) {
            throw invalid("Not an event of the room's version: " + e.getMessage());
        }
        if (!event.id().equals(invitation.id())) {
            throw invalid("The event has another id: " + event.id());
        }
        if (!event.roomId().equals(invitation.room())) {
            throw invalid("The event is of another room");
        }
        return event;
    }

    /// "Servers MUST apply certain validation to ensure they don't accidentally sign non-invite
    /// events from a malicious server."
    private UserId target(Event event, ServerName origin) {
        if (!event.type().equals(EventTypes.MEMBER)
                || !Membership.of(event.content()).equals(Optional.of(Membership.INVITE))) {
            throw invalid("Not an invitation");
        }
        if (!event.sender().isOn(origin)) {
            throw invalid("The sender is no user of " + origin);
        }
        return Optional.ofNullable(event.stateKey())
                .flatMap(UserId::tryParse)
                .filter(user -> user.isOn(signer.server()))
                .orElseThrow(() -> invalid("Not for a user of this server"));
    }

    private static JsonObject create(List<JsonObject> told) {
        return told.stream()
                .filter(event -> event.string("type").equals(Optional.of(EventTypes.CREATE)))
                .filter(event -> event.string("state_key").equals(Optional.of("")))
                .findFirst()
                .orElse(JsonObject.of());
    }

    /// `m.federate`: "Whether users on other servers can join this room."
    private void mustBeOpenToOthers(JsonObject create) {
        boolean open =
                create.object("content")
                        .flatMap(content -> content.bool("m.federate"))
                        .orElse(true);
        boolean own =
                create.string("sender")
                        .flatMap(UserId::tryParse)
                        .filter(creator -> creator.isOn(signer.server()))
                        .isPresent();
        if (!open && !own) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "Users of other servers cannot join this room");
        }
    }

    private static MatrixException invalid(String detail) {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, detail);
    }
}
