package org.valise.rooms;

import org.valise.rooms.lane.Lanes;
import org.valise.rooms.members.OutsideMemberStore;
import org.valise.rooms.outside.FarewellWorker;
import org.valise.rooms.outside.LeaveEvents;
import org.valise.rooms.outside.MemberEvents;
import org.valise.rooms.outside.OutsideMemberships;

/// What there is for rooms in which this server is not, put together.
record Outside(OutsideMemberships memberships, FarewellWorker farewells, MemberEvents events) {
    static Outside of(Rooms.Needs needs, RoomKnowledge known, Lanes lanes) {
        OutsideMemberStore members = new OutsideMemberStore(needs.database());
        LeaveEvents leaves = new LeaveEvents(needs.federation().keys(), needs.opaque());
        FarewellWorker worker =
                new FarewellWorker(
                        needs.database(),
                        needs.federation().client(),
                        lanes,
                        known.rooms,
                        known.memberships,
                        members,
                        needs.users(),
                        leaves);
        return new Outside(
                new OutsideMemberships(
                        lanes,
                        known.rooms,
                        known.memberships,
                        members,
                        needs.users(),
                        known.local,
                        leaves,
                        worker),
                worker,
                new MemberEvents(known.events, members, known.keys, needs.users()));
    }
}
