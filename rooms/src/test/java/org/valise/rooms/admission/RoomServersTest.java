package org.valise.rooms.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Caller;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.TestNode;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.testing.TestDatabase;

import java.util.List;
import java.util.Set;

/// Which servers are in a room, as its members come and go.
final class RoomServersTest {
    private static final ServerName HERE = TestNode.SERVER;
    private static final ServerName REMOTE = ServerName.parse("remote.example");
    private static final ServerName THIRD = ServerName.parse("third.example");
    private static final UserId ZOE = UserId.parse("@zoe:third.example");
    private static final UserId ZACK = UserId.parse("@zack:third.example");

    private final TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
    private final TestNode node = new TestNode(database.database());
    private final RoomServers servers = node.rooms.servers();
    private final Caller alice = node.caller("alice");
    private final RemoteRoom remote = new RemoteRoom(RoomVersion.V11);
    private final LocalRoom room = new LocalRoom(node, remote);
    private final long number = room.ref.number();

    @AfterEach
    void stop() {
        node.close();
        database.close();
    }

    private Event arrives(UserId sender, String type, String key, JsonObject content) {
        Event event = remote.say(List.of(remote.newest()), sender, type, key, content);
        assertThat(room.receive(event)).isInstanceOf(Admission.Accepted.class);
        return event;
    }

    private long changes(UserId user, String membership) {
        Event event = arrives(user, "m.room.member", user.value(), RemoteRoom.member(membership));
        return room.stored(event.id()).position();
    }

    private StoredEvent says(Caller sender, String body) {
        JsonObject content = JsonObject.of("body", body);
        Draft message = Draft.message("m.room.message", sender.user(), content, 5);
        return node.rooms.lanes().write(room.ref, writer -> writer.send(message));
    }

    private boolean goesOut(StoredEvent event) {
        return database.database()
                .read(tx ->
                        tx.exists(
                                "SELECT 1 FROM rooms.outgoing WHERE position = ?",
                                event.position()));
    }

    /// What a node says that has it from the database.
    private Set<ServerName> readAnew() {
        try (TestNode other = new TestNode(database.database())) {
            return other.rooms.servers().joined(number);
        }
    }

    private void expect(ServerName... joined) {
        assertThat(servers.joined(number)).containsExactlyInAnyOrder(joined);
        assertThat(readAnew()).containsExactlyInAnyOrder(joined);
        for (ServerName server : List.of(HERE, REMOTE, THIRD)) {
            assertThat(servers.isIn(number, server)).isEqualTo(Set.of(joined).contains(server));
        }
    }

    @Test
    void aServerIsInARoomAsLongAsOneOfItsUsersIs() {
        expect();
        room.join(alice, remote.newest());
        expect(HERE, REMOTE);
        changes(ZOE, "join");
        changes(ZACK, "join");
        expect(HERE, REMOTE, THIRD);
        changes(ZOE, "leave");
        expect(HERE, REMOTE, THIRD);
        changes(ZACK, "leave");
        expect(HERE, REMOTE);
        assertThat(servers.roomsOf(REMOTE)).containsExactly(number);
        assertThat(servers.roomsOf(THIRD)).isEmpty();
        assertThat(servers.sharingWith(alice.userNumber(), Long.MAX_VALUE)).containsExactly(REMOTE);
    }

    @Test
    void thisServerIsOutOfARoomWhenItsLastUserLeaves() {
        room.join(alice, remote.newest());
        node.rooms
                .lanes()
                .write(
                        room.ref,
                        writer ->
                                writer.send(
                                        Draft.state(
                                                "m.room.member",
                                                alice.user().value(),
                                                alice.user(),
                                                RemoteRoom.member("leave"),
                                                5)));
        expect(REMOTE);
        assertThat(servers.sharingWith(alice.userNumber(), Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void anEventConcernsWhoWasThereBeforeOrAfterIt() {
        room.join(alice, remote.newest());
        long before = says(alice, "before").position();
        long came = changes(ZOE, "join");
        long between = says(alice, "between").position();
        long left = changes(ZOE, "leave");
        long after = says(alice, "after").position();

        for (RoomServers each : List.of(servers, node.rooms.servers())) {
            assertThat(each.concerned(number, before)).containsExactly(REMOTE);
            assertThat(each.concerned(number, came)).contains(REMOTE, THIRD);
            assertThat(each.concerned(number, between)).contains(REMOTE, THIRD);
            assertThat(each.concerned(number, left)).contains(REMOTE, THIRD);
            assertThat(each.concerned(number, after)).containsExactly(REMOTE);
        }
        long again = changes(ZOE, "join");
        assertThat(servers.concerned(number, between)).containsExactly(REMOTE);
        assertThat(servers.concerned(number, again)).contains(THIRD);
        try (TestNode other = new TestNode(database.database())) {
            assertThat(other.rooms.servers().concerned(number, left)).containsExactly(REMOTE);
            assertThat(other.rooms.servers().concerned(number, again)).contains(THIRD);
        }
    }

    @Test
    void onlyWhatWasMadeHereAndConcernsOthersGoesOut() {
        room.join(alice, remote.newest());
        assertThat(goesOut(says(alice, "to the others"))).isTrue();
        Event theirs = message(RemoteRoom.ROSE);
        assertThat(room.receive(theirs)).isInstanceOf(Admission.Accepted.class);
        assertThat(goesOut(room.stored(theirs.id()))).isFalse();
        Event through = message(RemoteRoom.ROSE);
        assertThat(room.admission.receiveForOthers(room.ref, through, events -> Set.of()))
                .isInstanceOf(Admission.Accepted.class);
        assertThat(goesOut(room.stored(through.id()))).isTrue();
        changes(RemoteRoom.RALF, "leave");
        changes(RemoteRoom.ROSE, "leave");
        assertThat(goesOut(says(alice, "to nobody"))).isFalse();
    }

    private Event message(UserId sender) {
        return remote.say(
                List.of(remote.newest()),
                sender,
                "m.room.message",
                null,
                JsonObject.of("body", "hello"));
    }

    @Test
    void itsAclSaysWhichServersMayTakePart() {
        room.join(alice, remote.newest());
        assertThat(servers.allowed(number, THIRD)).isTrue();
        arrives(
                RemoteRoom.ROSE,
                "m.room.server_acl",
                "",
                Json.parseObject("{\"allow\":[\"*\"],\"deny\":[\"third.example\"]}"));
        assertThat(servers.allowed(number, THIRD)).isFalse();
        assertThat(servers.allowed(number, REMOTE)).isTrue();
        try (TestNode other = new TestNode(database.database())) {
            assertThat(other.rooms.servers().allowed(number, THIRD)).isFalse();
        }
        arrives(RemoteRoom.ROSE, "m.room.server_acl", "", Json.parseObject("{\"allow\":[\"*\"]}"));
        assertThat(servers.allowed(number, THIRD)).isTrue();
    }
}
