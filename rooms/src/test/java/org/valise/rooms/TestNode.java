package org.valise.rooms;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.changes.AccountCommits;
import org.valise.accounts.users.UserNumbers;
import org.valise.federation.Federation;
import org.valise.platform.config.FederationSection;
import org.valise.platform.database.Database;
import org.valise.platform.http.Body;
import org.valise.platform.http.Caller;
import org.valise.platform.http.RateLimits;
import org.valise.platform.stream.EphemeralOrder;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.creation.DefaultEncryption;
import org.valise.rooms.lane.RoomPolicy;
import org.valise.rooms.presence.PresenceConfig;

import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// One node of a server: the room engine without HTTP. Several nodes may share one database.
public final class TestNode implements AutoCloseable {
    public static final ServerName SERVER = ServerName.parse("example.org");
    public static final List<String> MIGRATIONS =
            List.of(
                    "org/valise/platform/migration",
                    "org/valise/federation/migration",
                    "org/valise/accounts/migration",
                    "org/valise/rooms/migration");

    public final Database database;
    public final Stream stream;
    public final OrderedCommits commits;
    private final EphemeralOrder ephemeral;
    public final UserNumbers users;
    private final Federation federation;
    public final Rooms rooms;

    public TestNode(Database database) {
        this(database, RoomPolicy.OPEN);
    }

    public TestNode(Database database, RoomPolicy policy) {
        this(database, policy, MemoryBudget.DEFAULT);
    }

    TestNode(Database database, RoomPolicy policy, MemoryBudget memory) {
        this.database = database;
        stream = new Stream(database);
        commits = new OrderedCommits(database, stream);
        users = new UserNumbers(database);
        ephemeral = new EphemeralOrder(database);
        federation =
                new Federation(
                        database, SERVER, FederationSection.CLOSED, "test", Clock.systemUTC());
        Supplier<String> opaque =
                () -> HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        rooms =
                new Rooms(
                        new Rooms.Needs(
                                database,
                                stream,
                                commits,
                                users,
                                federation,
                                user -> JsonObject.of("displayname", user.localpart()),
                                opaque,
                                policy,
                                RoomVersion.DEFAULT,
                                DefaultEncryption.OFF,
                                new AccountData(database, new AccountCommits(database, commits)),
                                RateLimits.none(),
                                ephemeral,
                                PresenceConfig.DEFAULT,
                                user -> true),
                        memory);
        ephemeral.start();
        stream.start();
        commits.start();
    }

    public Caller caller(String localpart) {
        UserId user = UserId.parse("@" + localpart + ":" + SERVER);
        long number = users.number(user);
        return new Caller(user, number, "DEVICE", number, false, false);
    }

    public RoomId createRoom(Caller creator, JsonObject request) {
        return rooms.creator().create(creator, Body.of(request), System.currentTimeMillis());
    }

    @Override
    public void close() {
        rooms.close();
        federation.close();
        ephemeral.close();
        commits.close();
    }
}
