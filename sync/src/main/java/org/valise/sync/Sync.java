package org.valise.sync;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.filters.Filters;
import org.valise.accounts.users.UserNumbers;
import org.valise.devices.Devices;
import org.valise.platform.http.Endpoint;
import org.valise.platform.stream.Stream;
import org.valise.push.Push;
import org.valise.rooms.Rooms;
import org.valise.sync.classic.ClassicExtras;
import org.valise.sync.classic.DeviceMessages;
import org.valise.sync.classic.EncryptionExtras;
import org.valise.sync.classic.IgnoredUsers;
import org.valise.sync.classic.SyncClient;
import org.valise.sync.legacy.EventStreamClient;
import org.valise.sync.legacy.InitialSyncClient;
import org.valise.sync.streams.UserViews;

import java.time.Duration;
import java.util.List;

/// The front of the module: following what happens, on behalf of clients.
///
/// It follows the stream after the modules whose data it shows: make it last, before the stream
/// starts.
public final class Sync {
    /// How long to know of a user who asks nothing more.
    private static final Duration IDLE_VIEW = Duration.ofMinutes(30);

    private final List<Endpoint> endpoints;

    public Sync(
            Stream stream,
            Rooms rooms,
            Devices devices,
            Push push,
            UserNumbers numbers,
            AccountData accountData,
            Filters filters) {
        IgnoredUsers ignored = new IgnoredUsers(accountData);
        UserViews users =
                new UserViews(
                        stream,
                        rooms.ephemeral(),
                        rooms.memberships(),
                        user ->
                                devices.userRooms()
                                        .of(List.of(user), Long.MAX_VALUE)
                                        .getOrDefault(user, List.of()),
                        IDLE_VIEW);
        stream.follow(ignored);
        stream.follow(users);
        rooms.typing().listen(users::typed);
        rooms.presence().listen(users::present);
        SyncClient sync =
                new SyncClient(
                        stream,
                        users,
                        filters,
                        new ClassicExtras(
                                rooms, push, numbers, accountData, ignored, devices.userRooms()),
                        List.of(new EncryptionExtras(devices.lists(), devices.keySupplies())),
                        new DeviceMessages(devices.inboxes()));
        endpoints =
                List.of(
                        sync,
                        new InitialSyncClient(stream, rooms, accountData),
                        new EventStreamClient(stream, users, rooms, ignored));
    }

    public List<Endpoint> endpoints() {
        return endpoints;
    }
}
