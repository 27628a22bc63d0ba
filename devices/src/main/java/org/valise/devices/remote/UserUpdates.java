package org.valise.devices.remote;

import org.valise.accounts.users.UserNumbers;
import org.valise.devices.remote.RemoteUserStore.Locked;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Takes in what other servers say of single users of theirs, and lets those know who are
/// concerned.
final class UserUpdates {
    private final Database database;
    private final StaleLists stale;
    private final Announcements announcements;
    private final UserNumbers users;

    UserUpdates(
            Database database, StaleLists stale, Announcements announcements, UserNumbers users) {
        this.database = database;
        this.stale = stale;
        this.announcements = announcements;
        this.users = users;
    }

    /// What an update changes of what is kept of a user.
    @FunctionalInterface
    interface Change {
        void apply(Tx tx, long user, Locked kept);

        /// Whether it is news even to those for whom nothing of that user is kept.
        default boolean concernsAll() {
            return true;
        }
    }

    /// Does nothing where it is of somebody who never had to do with anybody here.
    ///
    /// @param change empty if nothing is said of that user
    void receive(
            ServerName origin,
            JsonObject content,
            Function<UserId, ? extends Optional<? extends Change>> change) {
        Optional<UserId> user =
                content.string("user_id")
                        .flatMap(UserId::tryParse)
                        // SECURITY: a server speaks for nobody but its own users.
                        .filter(named -> named.server().equals(origin));
        Optional<Long> number = user.flatMap(users::find);
        Optional<? extends Change> said = user.flatMap(change);
        if (number.isEmpty() || said.isEmpty()) {
            return;
        }
        boolean kept = database.transaction(tx -> apply(tx, number.get(), said.get()));
        if (kept) {
            stale.wake();
        } else if (said.get().concernsAll()) {
            announcements.announce(List.of(number.get()));
        }
    }

    /// @return false if nothing is kept of that user
    private static boolean apply(Tx tx, long user, Change change) {
        Optional<Locked> kept = RemoteUserStore.lock(tx, user);
        kept.ifPresent(locked -> change.apply(tx, user, locked));
        return kept.isPresent();
    }
}
