package org.valise.devices.remote;

import org.valise.accounts.users.UserNumbers;
import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.FollowerStore;
import org.valise.devices.changes.UserRooms;
import org.valise.devices.keys.RemoteKeys;
import org.valise.federation.client.FederationClient;
import org.valise.federation.inbound.EduReceiver;
import org.valise.platform.database.Database;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.Rooms;

import java.util.List;

/// The front of the package. It follows the stream: to be made before that starts.
public final class RemoteDevices implements AutoCloseable {
    private final Separations separations;
    private final StaleLists stale;
    private final RemoteUserKeys keys;
    private final List<EduReceiver> receivers;

    /// What the package is built from.
    ///
    /// @param server this server's name
    public record Needs(
            Database database,
            Stream stream,
            DeviceCommits commits,
            Rooms rooms,
            UserRooms userRooms,
            UserNumbers users,
            FederationClient client,
            ServerName server) {}

    public RemoteDevices(Needs needs) {
        Database database = needs.database();
        Stream stream = needs.stream();
        UserNumbers users = needs.users();
        RemoteUserStore store = new RemoteUserStore(database);
        KeyRequests requests = new KeyRequests(needs.client());
        ListFetcher fetcher = new ListFetcher(requests, store);
        Announcements announcements =
                new Announcements(store, needs.commits(), needs.userRooms(), stream);
        separations =
                new Separations(
                        store,
                        new FollowerStore(database),
                        stream,
                        needs.rooms(),
                        needs.rooms().servers(),
                        users,
                        needs.server());
        stream.follow(separations);
        stale = new StaleLists(store, fetcher, announcements, users);
        needs.client().whenBack(stale::isBack);
        keys =
                new RemoteUserKeys(
                        store,
                        fetcher,
                        requests,
                        separations,
                        stale,
                        users,
                        needs.userRooms(),
                        stream);
        UserUpdates updates = new UserUpdates(database, stale, announcements, users);
        receivers = List.of(new DeviceListUpdates(updates), new SigningKeyUpdates(updates));
    }

    /// Goes on with what was left undone. Once, after the start of the stream and of the commits.
    public void start() {
        separations.start();
        stale.start();
    }

    @Override
    public void close() {
        stale.close();
        separations.close();
    }

    /// What clients ask of other servers' users.
    public RemoteKeys keys() {
        return keys;
    }

    /// What other servers tell.
    public List<EduReceiver> receivers() {
        return receivers;
    }
}
