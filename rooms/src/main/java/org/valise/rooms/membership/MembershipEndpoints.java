package org.valise.rooms.membership;

import org.valise.platform.http.Endpoint;
import org.valise.platform.stream.Stream;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.timeline.RoomStore;

import java.util.List;

/// The operations that change memberships, or list them.
public record MembershipEndpoints(
        MembershipChanger changer,
        RoomTargets targets,
        MembershipStore memberships,
        RoomStore rooms,
        Stream stream) {
    public List<Endpoint> all() {
        return List.of(
                new JoinRoomByIdClient(changer),
                new JoinRoomClient(changer, targets),
                new KnockRoomClient(changer, targets),
                new LeaveRoomClient(changer),
                new InviteUserClient(changer),
                new KickClient(changer),
                new BanClient(changer),
                new UnbanClient(changer),
                new ForgetRoomClient(new Forgetting(rooms, memberships)),
                new JoinedRoomsClient(memberships, rooms, stream));
    }
}
