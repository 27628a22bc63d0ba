package org.valise.rooms;

import org.valise.accounts.users.UserNumbers;
import org.valise.platform.database.Database;
import org.valise.platform.stream.Stream;
import org.valise.rooms.membership.AccountFollower;
import org.valise.rooms.membership.GuestFollower;
import org.valise.rooms.membership.MembershipChanger;
import org.valise.rooms.upgrades.UpgradeFollower;

/// What follows in rooms from what happened elsewhere: to accounts, to guests' rooms, to rooms that
/// are replaced.
final class RoomFollowers implements AutoCloseable {
    final AccountFollower accounts;
    final GuestFollower guests;
    final UpgradeFollower upgrades;

    RoomFollowers(Rooms.Needs needs, RoomKnowledge known, MembershipChanger changer) {
        Database database = needs.database();
        Stream stream = needs.stream();
        UserNumbers users = needs.users();
        accounts =
                new AccountFollower(
                        database, stream, users, known.memberships, known.rooms, changer);
        stream.follow(accounts);
        guests =
                new GuestFollower(
                        database, stream, users, known.views, known.keys, known.events, changer);
        stream.follow(guests);
        upgrades = new UpgradeFollower(database, stream, users, needs.accountData());
        stream.follow(upgrades);
    }

    /// Goes on with what was left undone.
    void wake() {
        accounts.wake();
        upgrades.wake();
        guests.wake();
    }

    @Override
    public void close() {
        accounts.close();
        upgrades.close();
        guests.close();
    }
}
