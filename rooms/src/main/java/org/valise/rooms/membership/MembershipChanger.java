package org.valise.rooms.membership;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;

/// Changes memberships on behalf of local users.
///
/// What is allowed is for the authorization rules to say; here is only what the client API asks beyond
/// them: which present membership each action is about.
public final class MembershipChanger {
    private final Lanes lanes;
    private final RoomStore rooms;
    private final MemberProfiles profiles;
    private final RestrictedJoins restricted;

    public MembershipChanger(
            Lanes lanes, RoomStore rooms, MemberProfiles profiles, RestrictedJoins restricted) {
        this.lanes = lanes;
        this.rooms = rooms;
        this.profiles = profiles;
        this.restricted = restricted;
    }

    /// Joins; who is joined already stays so, without another event.
    ///
    /// @throws MatrixException 404 if no server here knows the room
    public RoomId join(Caller caller, RoomId room, @Nullable String reason, long ts) {
        RoomRef known =
                rooms.find(room)
                        .orElseThrow(
                                () ->
                                        new MatrixException(
                                                ErrorCode.M_NOT_FOUND, "No such room is known"));
        lanes.write(
                known,
                writer -> {
                    Optional<Membership> present = writer.membership(caller.user());
                    if (present.equals(Optional.of(Membership.JOIN))) {
                        return null;
                    }
                    JsonObject content = profiles.content(caller.user(), Membership.JOIN);
                    Optional<UserId> authorising =
                            present.equals(Optional.of(Membership.INVITE))
                                    ? Optional.empty()
                                    : restricted.authorisingUser(writer, caller);
                    if (authorising.isPresent()) {
                        content =
                                content.with(
                                        "join_authorised_via_users_server",
                                        authorising.get().value());
                    }
                    return change(writer, caller.user(), caller.user(), content, reason, ts);
                });
        return room;
    }

    /// Asks to be let in.
    public RoomId knock(Caller caller, RoomId room, @Nullable String reason, long ts) {
        RoomRef known =
                rooms.find(room)
                        .orElseThrow(
                                () ->
                                        new MatrixException(
                                                ErrorCode.M_NOT_FOUND, "No such room is known"));
        lanes.write(
                known,
                writer -> {
                    JsonObject content = profiles.content(caller.user(), Membership.KNOCK);
                    return change(writer, caller.user(), caller.user(), content, reason, ts);
                });
        return room;
    }

    /// Leaves, declines an invitation, or takes back a knock. Who has left already stays so.
    public void leave(Caller caller, RoomId room, @Nullable String reason, long ts) {
        lanes.write(
                known(room, caller),
                writer -> {
                    Membership present =
                            writer.membership(caller.user())
                                    .orElseThrow(() -> notInRoom(caller.user()));
                    if (present == Membership.LEAVE) {
                        return null;
                    }
                    return change(
                            writer,
                            caller.user(),
                            caller.user(),
                            JsonObject.of("membership", "leave"),
                            reason,
                            ts);
                });
    }

    public void invite(
            Caller caller, RoomId room, UserId target, @Nullable String reason, long ts) {
        lanes.write(
                known(room, caller),
                writer ->
                        change(
                                writer,
                                caller.user(),
                                target,
                                profiles.content(target, Membership.INVITE),
                                reason,
                                ts));
    }

    /// Puts someone out who is joined, invited or knocking.
    public void kick(
            Caller caller, RoomId room, UserId target, @Nullable String reason, long ts) {
        lanes.write(
                known(room, caller),
                writer -> {
                    Optional<Membership> present = writer.membership(target);
                    if (present.isEmpty()
                            || present.get() == Membership.LEAVE
                            || present.get() == Membership.BAN) {
                        mustBeJoined(writer, caller);
                        throw new MatrixException(
                                ErrorCode.M_FORBIDDEN, target + " is not in the room");
                    }
                    return change(
                            writer,
                            caller.user(),
                            target,
                            JsonObject.of("membership", "leave"),
                            reason,
                            ts);
                });
    }

    public void ban(Caller caller, RoomId room, UserId target, @Nullable String reason, long ts) {
        lanes.write(
                known(room, caller),
                writer ->
                        change(
                                writer,
                                caller.user(),
                                target,
                                JsonObject.of("membership", "ban"),
                                reason,
                                ts));
    }

    public void unban(
            Caller caller, RoomId room, UserId target, @Nullable String reason, long ts) {
        lanes.write(
                known(room, caller),
                writer -> {
                    if (!writer.membership(target).equals(Optional.of(Membership.BAN))) {
                        mustBeJoined(writer, caller);
                        throw new MatrixException(ErrorCode.M_FORBIDDEN, target + " is not banned");
                    }
                    return change(
                            writer,
                            caller.user(),
                            target,
                            JsonObject.of("membership", "leave"),
                            reason,
                            ts);
                });
    }

    private static EventId change(
            RoomWriter writer,
            UserId sender,
            UserId target,
            JsonObject content,
            @Nullable String reason,
            long ts) {
        JsonObject given = reason == null ? content : content.with("reason", reason);
        StoredEvent sent =
                writer.send(Draft.state(EventTypes.MEMBER, target.value(), sender, given, ts));
        return sent.id();
    }

    /// SECURITY: whoever is not in the room learns nothing of who else is.
    private static void mustBeJoined(RoomWriter writer, Caller caller) {
        if (!writer.membership(caller.user()).equals(Optional.of(Membership.JOIN))) {
            throw notInRoom(caller.user());
        }
    }

    /// SECURITY: whoever is not in a room is told the same whether it exists or not.
    private RoomRef known(RoomId room, Caller caller) {
        return rooms.find(room).orElseThrow(() -> notInRoom(caller.user()));
    }

    private static MatrixException notInRoom(UserId user) {
        return new MatrixException(ErrorCode.M_FORBIDDEN, user + " is not in the room");
    }
}
