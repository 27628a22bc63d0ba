package org.valise.rooms.outside;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.UserNumbers;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.members.OutsideMember;
import org.valise.rooms.members.OutsideMemberStore;
import org.valise.rooms.rendering.StrippedState;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Writes what local users are to rooms in which this server is not, and ends it.
public final class OutsideMemberships {
    private final Lanes lanes;
    private final RoomStore rooms;
    private final MembershipStore memberships;
    private final OutsideMemberStore members;
    private final UserNumbers users;
    private final Predicate<UserId> local;
    private final LeaveEvents leaves;
    private final FarewellWorker farewells;

    public OutsideMemberships(
            Lanes lanes,
            RoomStore rooms,
            MembershipStore memberships,
            OutsideMemberStore members,
            UserNumbers users,
            Predicate<UserId> local,
            LeaveEvents leaves,
            FarewellWorker farewells) {
        this.lanes = lanes;
        this.rooms = rooms;
        this.memberships = memberships;
        this.members = members;
        this.users = users;
        this.local = local;
        this.leaves = leaves;
        this.farewells = farewells;
    }

    /// A local user is invited by another server, or their knock was sent to one. In a room in
    /// which this server is nothing is written: there the event comes with the others.
    ///
    /// @param event an `m.room.member` event for a local user, with `invite` or `knock`, whose
    ///   signatures and hashes were checked
    /// @param told of the room: whole events, or stripped ones
    /// @param through the server that it came from, or went to
    /// @return whether it was written, or was there already
    public boolean set(Event event, Collection<JsonObject> told, ServerName through) {
        UserId user = UserId.parse(event.key().key());
        byte[] stripped = StrippedState.of(told, StateKey.member(event.sender()));
        RoomRef room = rooms.meet(event.roomId(), event.version());
        return lanes.write(
                room,
                writer -> {
                    if (writer.isHere()) {
                        return false;
                    }
                    if (!isKnown(event, user, room)) {
                        writer.outside(user, event, stripped, through);
                    }
                    return true;
                });
    }

    private boolean isKnown(Event event, UserId user, RoomRef room) {
        return of(user, room).filter(member -> member.event().id().equals(event.id())).isPresent();
    }

    /// What a local user is to a room, if that is known from outside only.
    public Optional<OutsideMember> of(UserId user, RoomRef room) {
        return users.find(user)
                .flatMap(number -> memberships.of(number, room.number(), Long.MAX_VALUE))
                .filter(UserMembership::isOutside)
                .map(newest -> members.get(-newest.event()));
    }

    /// The servers to ask about a room to which a local user is invited, or at which they knock.
    public List<ServerName> servers(UserId user, RoomId room) {
        return rooms.find(room)
                .flatMap(known -> of(user, known))
                .map(OutsideMemberships::servers)
                .orElse(List.of());
    }

    static List<ServerName> servers(OutsideMember member) {
        Set<ServerName> servers = new LinkedHashSet<>();
        if (member.membership() == Membership.INVITE) {
            servers.add(member.event().sender().server());
        }
        servers.add(member.through());
        return List.copyOf(servers);
    }

    /// Takes in that an invitation or a knock has come to nothing: somebody in the room took the
    /// invitation back, refused the knock, or banned the user.
    ///
    /// SECURITY: what the room allows cannot be judged from outside. So an invitation is taken back
    /// by who sent it, and a knock is refused by who names it, which strangers cannot.
    ///
    /// @param event of a room in which this server is not; its signatures and hashes were checked
    /// @return whether it was about such a membership, and is done with
    public boolean receive(Event event) {
        Optional<RoomRef> room = rooms.find(event.roomId());
        return concerns(event)
                && room.isPresent()
                && lanes.write(
                        room.get(),
                        writer -> ended(writer, UserId.parse(event.key().key()), event));
    }

    /// Whether an event is somebody else's word that a local user is out of a room.
    public boolean concerns(Event event) {
        return EventTypes.MEMBER.equals(event.type())
                && Optional.ofNullable(event.stateKey())
                        .flatMap(UserId::tryParse)
                        .filter(local)
                        .isPresent()
                && !local.test(event.sender())
                && Membership.of(event.content()).filter(OutsideMemberships::isOut).isPresent();
    }

    /// Whether some local user has to do with a room only by an invitation or a knock from when
    /// this server was not in it.
    public boolean isAny(RoomRef room) {
        return !memberships.outside(room.number()).isEmpty();
    }

    private static boolean isOut(Membership membership) {
        return membership == Membership.LEAVE || membership == Membership.BAN;
    }

    private boolean ended(RoomWriter writer, UserId user, Event event) {
        Optional<OutsideMember> member =
                of(user, writer.room()).filter(known -> mayEnd(event, known));
        if (member.isEmpty() || writer.isHere()) {
            return false;
        }
        writer.outside(user, event, new byte[0], event.sender().server());
        return true;
    }

    private static boolean mayEnd(Event event, OutsideMember member) {
        return switch (member.membership()) {
            case INVITE -> event.sender().equals(member.event().sender());
            case KNOCK -> event.authEvents().contains(member.event().id());
            case JOIN, LEAVE, BAN -> false;
        };
    }

    /// Declines an invitation, or takes back a knock, that is known from outside only. It holds at
    /// once. The room is told as soon as its servers are there; if they answer at once, before this
    /// returns.
    ///
    /// @return whether there was one
    public boolean leave(UserId user, RoomRef room, @Nullable String reason, long ts) {
        if (of(user, room).isEmpty()) {
            return false;
        }
        boolean left = lanes.write(room, writer -> left(writer, user, reason, ts));
        farewells.sayNow(room.number(), users.number(user));
        return left;
    }

    /// This server has come into a room. Its state may still have invitations that were declined
    /// while the inviter's server was away: now it is told from here.
    public void cameIn(RoomId room) {
        rooms.find(room).ifPresent(known -> farewells.hurry(known.number()));
    }

    private boolean left(RoomWriter writer, UserId user, @Nullable String reason, long ts) {
        OutsideMember member = of(user, writer.room()).orElse(null);
        if (member == null) {
            return false; // somebody has just come into the room
        }
        Membership present = writer.membership(user).orElse(Membership.LEAVE);
        if (writer.isHere() && !isOut(present)) {
            writer.send(Draft.state(EventTypes.MEMBER, user.value(), user, content(reason), ts));
            return true;
        }
        if (isOut(member.membership())) {
            return true;
        }
        Event leave = leaves.following(member.event(), user, content(reason), ts);
        writer.outside(user, leave, new byte[0], member.through());
        writer.attach(
                FarewellStore.INSERT,
                writer.room().number(),
                users.number(user),
                member.number(),
                reason);
        return true;
    }

    static JsonObject content(@Nullable String reason) {
        JsonObject content = JsonObject.of("membership", Membership.LEAVE.word());
        return reason == null ? content : content.with("reason", reason);
    }
}
