package org.valise.rooms;

import org.valise.rooms.members.OutsideMemberStore;
import org.valise.rooms.outside.FarewellWorker;
import org.valise.rooms.outside.LeaveEvents;
import org.valise.rooms.outside.MemberEvents;
import org.valise.rooms.outside.OutsideMemberships;

import java.util.function.Supplier;

/// What there is for rooms in which this server is not, put together.
record Outside(OutsideMemberships memberships, FarewellWorker farewells, MemberEvents events) {
    static Outside of(Rooms in, Supplier<String> opaque) {
        OutsideMemberStore members = new OutsideMemberStore(in.database);
        LeaveEvents leaves = new LeaveEvents(in.federation.keys(), opaque);
        FarewellWorker worker =
                new FarewellWorker(
                        in.database,
                        in.federation.client(),
                        in.lanes,
                        in.rooms,
                        in.memberships,
                        members,
                        in.users,
                        leaves);
        return new Outside(
                new OutsideMemberships(
                        in.lanes,
                        in.rooms,
                        in.memberships,
                        members,
                        in.users,
                        in.local,
                        leaves,
                        worker),
                worker,
                new MemberEvents(in.events, members, in.keys, in.users));
    }
}
