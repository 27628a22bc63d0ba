package org.valise.rooms.membership;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.invites.InviteGuard;
import org.valise.rooms.invites.RemoteInvites;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.NotInRoom;
import org.valise.rooms.outside.OutsideMemberships;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;
import java.util.Optional;

/// Changes memberships on behalf of local users.
///
/// What is allowed is for the authorization rules to say; here is only what the client API asks
/// beyond them: which present membership each action is about.
public final class MembershipChanger {
    private static final JsonObject LEAVE = JsonObject.of("membership", "leave");

    /// So often a room may come and go while somebody joins it.
    private static final int MAX_ATTEMPTS = 3;

    private static final JsonObject BAN = JsonObject.of("membership", "ban");

    private final Lanes lanes;
    private final RoomStore rooms;
    private final MemberProfiles profiles;
    private final RestrictedJoins restricted;
    private final InviteGuard inviteGuard;
    private final RoomServers servers;
    private final OtherServers others;
    private final OutsideMemberships outside;
    private final RemoteInvites remoteInvites;

    public MembershipChanger(
            Lanes lanes,
            RoomStore rooms,
            MemberProfiles profiles,
            RestrictedJoins restricted,
            InviteGuard inviteGuard,
            RoomServers servers,
            OtherServers others,
            OutsideMemberships outside,
            RemoteInvites remoteInvites) {
        this.lanes = lanes;
        this.rooms = rooms;
        this.profiles = profiles;
        this.restricted = restricted;
        this.inviteGuard = inviteGuard;
        this.servers = servers;
        this.others = others;
        this.outside = outside;
        this.remoteInvites = remoteInvites;
    }

    /// Joins; who is joined already stays so, without another event.
    public RoomId join(Caller caller, RoomId room, @Nullable String reason, long ts) {
        return join(caller, room, new JoinRequest(reason, JsonObject.of(), List.of()), ts);
    }

    RoomId join(Caller caller, RoomId room, JoinRequest request, long ts) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Optional<RoomRef> known = rooms.find(room);
            if (known.isPresent() && joinsHere(caller, known.get(), request, ts)) {
                return room;
            }
            if (caller.guest() && !others.welcomeGuests(caller, room, request.through())) {
                throw NotInRoom.notInvited(caller.user());
            }
            JsonObject content = withReason(joinContent(caller.user(), request), request.reason());
            if (others.join(caller, room, request.through(), content)) {
                if (caller.guest()) {
                    mustHaveBeenWelcome(caller, room, ts);
                }
                return room;
            } // else somebody of this server has just joined: from now on it is decided here
        }
        throw new MatrixException(ErrorCode.M_LIMIT_EXCEEDED, "The room is too busy, try again")
                .with("retry_after_ms", 1000);
    }

    /// @return false if it is for other servers to decide
    private boolean joinsHere(Caller caller, RoomRef room, JoinRequest request, long ts) {
        boolean here = servers.isHere(room.number());
        return lanes.write(
                room,
                writer -> {
                    UserId user = caller.user();
                    if (!here && !isDeserted(writer)) {
                        return false;
                    }
                    Optional<Membership> present = writer.membership(user);
                    if (present.equals(Optional.of(Membership.JOIN))) {
                        return true;
                    }
                    if (caller.guest()) {
                        guestsMustBeWelcome(writer, caller);
                    }
                    JsonObject content = joinContent(user, request);
                    switch (restricted.vouch(writer, user)) {
                        case Vouching.By(UserId member) ->
                                content =
                                        content.with(
                                                "join_authorised_via_users_server", member.value());
                        case Vouching.Powerless _, Vouching.Unknown _ -> {
                            return false;
                        }
                        case Vouching.Needless _, Vouching.Refused _ -> {}
                    }
                    letIn(writer, caller, present, content, request.reason(), ts);
                    return true;
                });
    }

    /// Whether nobody of any server is in a room that was known here to its end: there is nobody
    /// else to ask.
    private static boolean isDeserted(RoomWriter writer) {
        return writer.isBegun() && writer.members().joined() == 0;
    }

    private JsonObject joinContent(UserId user, JoinRequest request) {
        JsonObject content = profiles.content(user, Membership.JOIN);
        for (String field : request.content().keys()) {
            content = content.with(field, request.content().get(field));
        }
        return content;
    }

    /// Servers MUST only allow guest users to join rooms if the `m.room.guest_access` state event
    /// is present on the room, and has the `guest_access` value `can_join`.
    private static void guestsMustBeWelcome(RoomWriter writer, Caller caller) {
        if (!says(writer, EventTypes.GUEST_ACCESS, "guest_access", "can_join")) {
            // SECURITY: a guest learns of rooms that anybody may join, and of no others.
            throw says(writer, EventTypes.JOIN_RULES, "join_rule", "public")
                    ? new MatrixException(
                            ErrorCode.M_GUEST_ACCESS_FORBIDDEN, "Guests cannot join this room")
                    : NotInRoom.notInvited(caller.user());
        }
    }

    /// The server that let a guest in said that the room welcomes them. Now its state says it.
    private void mustHaveBeenWelcome(Caller caller, RoomId room, long ts) {
        boolean welcome =
                lanes.write(
                        known(room, caller),
                        writer -> {
                            boolean said =
                                    says(
                                            writer,
                                            EventTypes.GUEST_ACCESS,
                                            "guest_access",
                                            "can_join");
                            if (!said) {
                                change(writer, caller.user(), caller.user(), LEAVE, null, ts);
                            }
                            return said;
                        });
        if (!welcome) {
            throw NotInRoom.notInvited(caller.user());
        }
    }

    private static boolean says(RoomWriter writer, String type, String field, String value) {
        StoredEvent event = writer.state(type, "");
        return event != null && event.event().content().string(field).equals(Optional.of(value));
    }

    /// Asks to be let in.
    ///
    /// @param through servers that may be in the room, the likeliest first
    public RoomId knock(
            Caller caller,
            RoomId room,
            List<ServerName> through,
            @Nullable String reason,
            long ts) {
        Optional<RoomRef> known = rooms.find(room);
        JsonObject content = profiles.content(caller.user(), Membership.KNOCK);
        if (known.isEmpty() || !knocksHere(caller, known.get(), content, reason, ts)) {
            others.knock(caller, room, through, withReason(content, reason));
        }
        return room;
    }

    /// @return false if it is for other servers to decide
    private boolean knocksHere(
            Caller caller, RoomRef room, JsonObject content, @Nullable String reason, long ts) {
        boolean here = servers.isHere(room.number());
        return lanes.write(
                room,
                writer -> {
                    if (!here && !isDeserted(writer)) {
                        return false;
                    }
                    Optional<Membership> present = writer.membership(caller.user());
                    letIn(writer, caller, present, content, reason, ts);
                    return true;
                });
    }

    /// SECURITY: who has nothing to do with the room is told the same whether it exists or not.
    private static StoredEvent letIn(
            RoomWriter writer,
            Caller caller,
            Optional<Membership> present,
            JsonObject content,
            @Nullable String reason,
            long ts) {
        try {
            return change(writer, caller.user(), caller.user(), content, reason, ts);
        } catch (MatrixException e) {
            throw present.isEmpty() ? NotInRoom.notInvited(caller.user()) : e;
        }
    }

    /// Leaves, declines an invitation, or takes back a knock. Who has left already stays so.
    public void leave(Caller caller, RoomId room, @Nullable String reason, long ts) {
        leave(caller.user(), known(room, caller), reason, ts);
    }

    public void leave(UserId user, RoomRef room, @Nullable String reason, long ts) {
        if (outside.leave(user, room, reason, ts)) {
            return;
        }
        lanes.write(
                room,
                writer -> {
                    Membership present =
                            writer.membership(user).orElseThrow(() -> NotInRoom.refusal(user));
                    return present == Membership.LEAVE
                            ? null
                            : change(writer, user, user, LEAVE, reason, ts);
                });
    }

    /// Brings a member's name and avatar in a room up to date.
    void rename(UserId user, RoomRef room, long ts) {
        lanes.write(
                room,
                writer -> {
                    StoredEvent member = writer.state(EventTypes.MEMBER, user.value());
                    if (member == null) {
                        return null;
                    }
                    JsonObject before = member.event().content();
                    JsonObject after = profiles.renewed(user, before);
                    return after.equals(before)
                                    || !Membership.of(before).equals(Optional.of(Membership.JOIN))
                            ? null
                            : change(writer, user, user, after, null, ts);
                });
    }

    /// Invites; who is invited already stays so, without another event.
    public void invite(
            Caller caller, RoomId room, UserId target, @Nullable String reason, long ts) {
        RoomRef known = known(room, caller);
        if (remoteInvites.concern(target)) {
            remoteInvites.invite(
                    known,
                    writer -> invitation(writer, caller, target, reason, ts),
                    writer -> inviteGuard.check(target, writer.createContent()));
            return;
        }
        lanes.write(
                known,
                writer -> {
                    Draft invitation = invitation(writer, caller, target, reason, ts);
                    if (invitation == null) {
                        return null;
                    }
                    StoredEvent invite = writer.send(invitation);
                    inviteGuard.check(target, writer.createContent());
                    return invite;
                });
    }

    /// Null if the target is invited already.
    private @Nullable Draft invitation(
            RoomWriter writer, Caller caller, UserId target, @Nullable String reason, long ts) {
        mustBeJoined(writer, caller);
        Optional<Membership> present = writer.membership(target);
        if (present.equals(Optional.of(Membership.INVITE)) && mayInvite(writer, caller)) {
            return null;
        }
        JsonObject content = profiles.content(target, Membership.INVITE);
        return draft(caller.user(), target, content, reason, ts);
    }

    private static boolean mayInvite(RoomWriter writer, Caller caller) {
        return writer.powerLevels().userLevel(caller.user()) >= writer.powerLevels().invite();
    }

    /// Puts someone out who is joined, invited or knocking.
    public void kick(Caller caller, RoomId room, UserId target, @Nullable String reason, long ts) {
        lanes.write(
                known(room, caller),
                writer -> {
                    mustBeJoined(writer, caller);
                    Membership present = writer.membership(target).orElse(Membership.LEAVE);
                    if (present == Membership.LEAVE || present == Membership.BAN) {
                        throw new MatrixException(
                                ErrorCode.M_FORBIDDEN, target + " is not in the room");
                    }
                    return change(writer, caller.user(), target, LEAVE, reason, ts);
                });
    }

    public void ban(Caller caller, RoomId room, UserId target, @Nullable String reason, long ts) {
        lanes.write(
                known(room, caller),
                writer -> {
                    mustBeJoined(writer, caller);
                    return change(writer, caller.user(), target, BAN, reason, ts);
                });
    }

    public void unban(Caller caller, RoomId room, UserId target, @Nullable String reason, long ts) {
        lanes.write(
                known(room, caller),
                writer -> {
                    mustBeJoined(writer, caller);
                    if (!writer.membership(target).equals(Optional.of(Membership.BAN))) {
                        throw new MatrixException(ErrorCode.M_FORBIDDEN, target + " is not banned");
                    }
                    return change(writer, caller.user(), target, LEAVE, reason, ts);
                });
    }

    private static StoredEvent change(
            RoomWriter writer,
            UserId sender,
            UserId target,
            JsonObject content,
            @Nullable String reason,
            long ts) {
        return writer.send(draft(sender, target, content, reason, ts));
    }

    private static Draft draft(
            UserId sender, UserId target, JsonObject content, @Nullable String reason, long ts) {
        return Draft.state(
                EventTypes.MEMBER, target.value(), sender, withReason(content, reason), ts);
    }

    private static JsonObject withReason(JsonObject content, @Nullable String reason) {
        return reason == null ? content : content.with("reason", reason);
    }

    /// SECURITY: whoever is not in the room learns nothing of who else is.
    private static void mustBeJoined(RoomWriter writer, Caller caller) {
        if (!writer.membership(caller.user()).equals(Optional.of(Membership.JOIN))) {
            throw NotInRoom.refusal(caller.user());
        }
    }

    private RoomRef known(RoomId room, Caller caller) {
        return rooms.find(room).orElseThrow(() -> NotInRoom.refusal(caller.user()));
    }
}
