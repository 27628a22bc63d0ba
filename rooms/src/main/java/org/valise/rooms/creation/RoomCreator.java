package org.valise.rooms.creation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.http.Body;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.directory.AliasStore;
import org.valise.rooms.directory.PublishedRoomStore;
import org.valise.rooms.invites.InviteGuard;
import org.valise.rooms.invites.RemoteInvites;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.membership.MemberProfiles;
import org.valise.rooms.timeline.RoomRef;

import java.util.concurrent.atomic.AtomicLong;

/// Makes rooms, all events of one in one commit.
public final class RoomCreator {
    private static final Logger LOG = LoggerFactory.getLogger(RoomCreator.class);

    private final Lanes lanes;
    private final MemberProfiles profiles;
    private final AliasStore aliases;
    private final ServerName server;
    private final RoomVersion defaultVersion;
    private final AtomicLong lastCreation = new AtomicLong();
    private final InviteGuard inviteGuard;
    private final RemoteInvites remoteInvites;
    private final DefaultEncryption encryption;

    public RoomCreator(
            Lanes lanes,
            MemberProfiles profiles,
            AliasStore aliases,
            ServerName server,
            RoomVersion defaultVersion,
            InviteGuard inviteGuard,
            RemoteInvites remoteInvites,
            DefaultEncryption encryption) {
        this.lanes = lanes;
        this.profiles = profiles;
        this.aliases = aliases;
        this.server = server;
        this.defaultVersion = defaultVersion;
        this.inviteGuard = inviteGuard;
        this.remoteInvites = remoteInvites;
        this.encryption = encryption;
    }

    /// @throws MatrixException 400 with what is wrong with the request
    public RoomId create(Caller caller, Body request, long ts) {
        RoomPlan plan = RoomPlan.read(request, caller.user(), server, defaultVersion, encryption);
        if (plan.alias().flatMap(aliases::find).isPresent()) {
            throw new MatrixException(ErrorCode.M_ROOM_IN_USE, "The alias is taken");
        }
        for (UserId user : plan.invited()) {
            inviteGuard.check(user, plan.createContent());
        }
        RoomRef room =
                lanes.create(plan.version(), writer -> write(writer, plan, caller, moment(ts)));
        plan.invited().stream()
                .filter(remoteInvites::concern)
                .forEach(user -> inviteFromElsewhere(room, plan, caller.user(), user, ts));
        return room.id();
    }

    /// The room is there already: that somebody's server does not want to hear of it, or is away,
    /// does not undo that.
    private void inviteFromElsewhere(
            RoomRef room, RoomPlan plan, UserId creator, UserId user, long ts) {
        try {
            remoteInvites.invite(room, writer -> invitation(plan, creator, user, ts), writer -> {});
        } catch (MatrixException refusal) {
            LOG.info("{} was not invited to {}: {}", user, room.id(), refusal.detail());
        }
    }

    /// From version 12 on a room's id is the hash of its create event: of two rooms that one person
    /// makes in the same moment, one must come a little later.
    ///
    /// @param ts about when, in milliseconds since 1970
    public long moment(long ts) {
        return lastCreation.updateAndGet(last -> Math.max(last + 1, ts));
    }

    private RoomRef write(RoomWriter writer, RoomPlan plan, Caller caller, long ts) {
        try {
            sendEvents(writer, plan, caller.user(), ts);
        } catch (MatrixException e) {
            // The creator may do anything but contradict what the request itself asked for.
            throw e.code() == ErrorCode.M_FORBIDDEN
                    ? new MatrixException(ErrorCode.M_INVALID_ROOM_STATE, e.detail())
                    : e;
        }
        long room = writer.room().number();
        plan.alias()
                .ifPresent(alias ->
                        writer.attach(AliasStore.INSERT, alias.value(), room, caller.userNumber()));
        if (plan.published()) {
            writer.attach(PublishedRoomStore.INSERT, room);
        }
        return writer.room();
    }

    private void sendEvents(RoomWriter writer, RoomPlan plan, UserId creator, long ts) {
        writer.send(Draft.state(EventTypes.CREATE, "", creator, plan.createContent(), ts));
        JsonObject join = profiles.content(creator, Membership.JOIN);
        writer.send(Draft.state(EventTypes.MEMBER, creator.value(), creator, join, ts));
        for (RoomPlan.StateEntry entry : plan.state()) {
            writer.send(
                    Draft.state(
                            entry.key().type(), entry.key().key(), creator, entry.content(), ts));
        }
        for (UserId user : plan.invited()) {
            if (!user.equals(creator) && !remoteInvites.concern(user)) {
                writer.send(invitation(plan, creator, user, ts));
            }
        }
    }

    private Draft invitation(RoomPlan plan, UserId creator, UserId user, long ts) {
        JsonObject invite = profiles.content(user, Membership.INVITE);
        invite = plan.direct() ? invite.with("is_direct", true) : invite;
        return Draft.state(EventTypes.MEMBER, user.value(), creator, invite, ts);
    }
}
