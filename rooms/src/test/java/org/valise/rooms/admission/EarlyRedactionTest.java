package org.valise.rooms.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.platform.http.Caller;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.TestNode;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.testing.TestDatabase;

import java.util.List;
import java.util.Optional;

/// Room version 3, "Handling redactions": a redaction and its target wait for each other.
final class EarlyRedactionTest {
    private static final JsonObject SECRET = JsonObject.of("body", "secret");

    private final TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
    private TestNode node = new TestNode(database.database());
    private final Caller alice = node.caller("alice");

    @AfterEach
    void stop() {
        node.close();
        database.close();
    }

    /// A room of another server that Alice is in.
    private final class Room {
        final RemoteRoom remote;
        LocalRoom here;

        Room(RoomVersion version) {
            remote = new RemoteRoom(version, version.ordinal());
            here = new LocalRoom(node, remote);
        }

        Event say(Event after, UserId sender, String type, JsonObject content) {
            return remote.say(List.of(after), sender, type, null, content);
        }

        Event secret(Event after, UserId sender) {
            return say(after, sender, "m.room.message", SECRET);
        }

        Event redaction(Event after, UserId sender, EventId target) {
            return remote.say(
                    List.of(after), sender, "m.room.redaction", null, JsonObject.of(), target);
        }

        void restart() {
            node.close();
            node = new TestNode(database.database());
            here = new LocalRoom(node, remote);
        }
    }

    private StoredEvent inMemory(EventId id) {
        return node.rooms.events().byId(id).orElseThrow();
    }

    private static void assertRedactedBy(StoredEvent event, @Nullable StoredEvent redaction) {
        if (redaction == null) {
            assertThat(event.redactedBy()).isZero();
            assertThat(event.event().content()).isEqualTo(SECRET);
        } else {
            assertThat(event.redactedBy()).isEqualTo(redaction.number());
            assertThat(event.event().content()).isEqualTo(JsonObject.of());
        }
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void waitsForItsTargetAndIsShownWithIt(RoomVersion version) {
        Room room = new Room(version);
        Event join = room.here.join(alice, room.remote.newest());
        Event secret = room.secret(join, RemoteRoom.ROSE);
        Event redaction = room.redaction(join, RemoteRoom.RALF, secret.id());
        Event next = room.say(redaction, RemoteRoom.RALF, "m.room.message", JsonObject.of());

        assertThat(room.here.receive(redaction)).isInstanceOf(Admission.Accepted.class);
        assertThat(room.here.receive(next)).isInstanceOf(Admission.Accepted.class);
        boolean waits = version.has(Tweak.REDACTIONS_CHECKED_ON_APPLYING);
        assertThat(room.here.timeline(0).contains(redaction.id())).isEqualTo(!waits);
        assertThat(room.here.history().stream().anyMatch(e -> e.id().equals(redaction.id())))
                .isEqualTo(!waits);

        assertThat(room.here.receive(secret)).isInstanceOf(Admission.Accepted.class);
        assertThat(room.here.timeline(0))
                .containsExactlyElementsOf(
                        waits
                                ? List.of(join.id(), next.id(), secret.id(), redaction.id())
                                : List.of(join.id(), redaction.id(), next.id(), secret.id()));
        assertThat(room.here.history().stream().map(StoredEvent::id))
                .containsExactlyElementsOf(room.here.timeline(0));
        StoredEvent applied = room.here.stored(redaction.id());
        assertThat(applied.status()).isEqualTo(EventStatus.ACCEPTED);
        assertRedactedBy(room.here.stored(secret.id()), applied);
        assertRedactedBy(inMemory(secret.id()), applied);
        room.here.view().timeline(0, Long.MAX_VALUE, 9).events().stream()
                .filter(event -> event.id().equals(secret.id()))
                .forEach(shown -> assertRedactedBy(shown, applied));
        assertThat(waiting()).isZero();
    }

    @Test
    void waitsOverARestart() {
        Room room = new Room(RoomVersion.V12);
        Event join = room.here.join(alice, room.remote.newest());
        Event secret = room.secret(join, RemoteRoom.ROSE);
        Event redaction = room.redaction(join, RemoteRoom.ROSE, secret.id());
        room.here.receive(redaction);
        room.restart();
        room.here.receive(secret);
        assertRedactedBy(room.here.stored(secret.id()), room.here.stored(redaction.id()));
        assertThat(room.here.timeline(0)).containsExactly(join.id(), secret.id(), redaction.id());
    }

    @Test
    void isFoundInItsPlaceWhenItsTargetIsBackfilledAfterIt() {
        Room room = new Room(RoomVersion.V11);
        Event secret = room.secret(room.remote.newest(), RemoteRoom.ROSE);
        Event redaction = room.redaction(secret, RemoteRoom.ROSE, secret.id());
        Event last = room.say(redaction, RemoteRoom.ROSE, "m.room.message", JsonObject.of());
        Event join = room.here.join(alice, last);
        room.here.backfill(List.of(redaction, last));
        assertThat(room.here.history().stream().map(StoredEvent::id))
                .containsExactly(last.id(), join.id());
        room.here.backfill(List.of(secret));
        assertThat(room.here.history().stream().map(StoredEvent::id))
                .containsExactly(secret.id(), redaction.id(), last.id(), join.id());
        assertRedactedBy(room.here.stored(secret.id()), room.here.stored(redaction.id()));
        assertThat(room.here.timeline(0)).containsExactly(join.id());
        room.here.fillAllGaps(10);
    }

    @Test
    void isNeverShownIfItsSenderMayNotRedactTheTarget() {
        Room room = new Room(RoomVersion.V11);
        Event join = room.here.join(alice, room.remote.newest());
        Event secret = room.secret(join, RemoteRoom.ROSE);
        Event early = room.redaction(join, alice.user(), secret.id());
        room.here.receive(early);
        room.here.receive(secret);
        Event late = room.redaction(secret, alice.user(), secret.id());
        room.here.receive(late);
        assertRedactedBy(room.here.stored(secret.id()), null);
        assertThat(room.here.timeline(0)).containsExactly(join.id(), secret.id());
        Event allowed = room.redaction(secret, RemoteRoom.RALF, secret.id());
        room.here.receive(allowed);
        assertRedactedBy(room.here.stored(secret.id()), room.here.stored(allowed.id()));
    }

    @Test
    void appliesToOtherServersEventsIfItsSenderHadThePowerWhenItWasSent() {
        Room room = new Room(RoomVersion.V11);
        Event join = room.here.join(alice, room.remote.newest());
        Event secret = room.secret(join, alice.user());
        Event useless = room.redaction(join, RemoteRoom.RALF, secret.id());
        Event redaction = room.redaction(join, RemoteRoom.ROSE, secret.id());
        room.here.receive(useless);
        room.here.receive(redaction);
        Event powerless =
                room.remote.say(
                        List.of(redaction),
                        RemoteRoom.ROSE,
                        "m.room.power_levels",
                        "",
                        JsonObject.of("redact", 100, "users", JsonObject.of()));
        assertThat(room.here.receive(powerless)).isInstanceOf(Admission.Accepted.class);
        room.here.receive(secret);
        assertRedactedBy(room.here.stored(secret.id()), room.here.stored(redaction.id()));
        assertThat(room.here.timeline(0)).doesNotContain(useless.id());
    }

    @Test
    void takesTheContentOfAStateEventThatComesAsPartOfAState() {
        Room room = new Room(RoomVersion.V11);
        Event join = room.here.join(alice, room.remote.newest());
        Event topic =
                room.remote.say(
                        List.of(join),
                        RemoteRoom.ROSE,
                        "m.room.topic",
                        "",
                        JsonObject.of("topic", "secret"));
        Event redaction = room.redaction(join, RemoteRoom.RALF, topic.id());
        Event after =
                room.say(
                        room.say(topic, RemoteRoom.ROSE, "m.room.message", JsonObject.of()),
                        RemoteRoom.ROSE,
                        "m.room.message",
                        JsonObject.of());
        room.here.receive(redaction);
        room.here.fetchState(after);
        StoredEvent outlier = room.here.stored(topic.id());
        assertThat(outlier.status()).isEqualTo(EventStatus.OUTLIER);
        assertThat(outlier.event().content()).isEqualTo(JsonObject.of());
        assertThat(inMemory(topic.id()).event().content()).isEqualTo(JsonObject.of());
        assertThat(room.here.timeline(0)).containsExactly(join.id(), redaction.id());

        room.here.receiveWithState(after);
        room.here.fillAllGaps(10);
        StoredEvent placed = room.here.stored(topic.id());
        assertThat(placed.status()).isEqualTo(EventStatus.ACCEPTED);
        assertThat(placed.redactedBy()).isEqualTo(room.here.stored(redaction.id()).number());
        assertThat(inMemory(topic.id()).event().content()).isEqualTo(JsonObject.of());
        assertThat(inMemory(topic.id()).redactedBy()).isEqualTo(placed.redactedBy());
    }

    @Test
    void breaksTheRelationOfAnEventThatComesAfterIt() {
        Room room = new Room(RoomVersion.V11);
        Event join = room.here.join(alice, room.remote.newest());
        Event message = room.secret(join, RemoteRoom.ROSE);
        room.here.receive(message);
        Event reaction =
                room.say(
                        message,
                        RemoteRoom.RALF,
                        "m.reaction",
                        JsonObject.of(
                                "m.relates_to",
                                JsonObject.of(
                                        "rel_type",
                                        "m.annotation",
                                        "event_id",
                                        message.id().value(),
                                        "key",
                                        "+1")));
        room.here.receive(room.redaction(message, RemoteRoom.RALF, reaction.id()));
        room.here.receive(reaction);
        assertThat(count("SELECT count(*) FROM rooms.relation")).isZero();
    }

    @Test
    void aRedactionThatIsItselfRedactedStillTakesWhatItWasSentFor() {
        Room room = new Room(RoomVersion.V10);
        Event join = room.here.join(alice, room.remote.newest());
        Event secret = room.secret(join, RemoteRoom.ROSE);
        Event redaction = room.redaction(join, RemoteRoom.ROSE, secret.id());
        room.here.receive(redaction);
        room.here.receive(room.redaction(redaction, RemoteRoom.ROSE, redaction.id()));
        room.here.receive(secret);
        assertRedactedBy(room.here.stored(secret.id()), room.here.stored(redaction.id()));
    }

    /// SECURITY: an event id of room versions 1 and 2 is what its sender says.
    @Test
    void mayNotRedactItself() {
        Room room = new Room(RoomVersion.V1);
        Event join = room.here.join(alice, room.remote.newest());
        Event next = room.secret(join, RemoteRoom.ROSE);
        // The ids count on, so this is the one's own.
        String own =
                next.id().value().replaceFirst("x[0-9]+:", "x" + (number(next.id()) + 1) + ":");
        Event redaction = room.redaction(join, RemoteRoom.ROSE, EventId.parse(own));
        assertThat(redaction.id().value()).isEqualTo(own);
        assertThat(room.here.receive(redaction)).isInstanceOf(Admission.Accepted.class);
        assertThat(room.here.stored(redaction.id()).redactedBy()).isZero();
    }

    private static long number(EventId id) {
        String value = id.value();
        return Long.parseLong(value.substring(value.indexOf('x') + 1, value.indexOf(':')));
    }

    /// SECURITY: whatever is sent, two redactions of an event that is not here are looked at.
    @Test
    void keepsOneOfManyThatWaitForTheSame() {
        Room room = new Room(RoomVersion.V11);
        Event join = room.here.join(alice, room.remote.newest());
        Event secret = room.secret(join, RemoteRoom.ROSE);
        Event last = join;
        for (int i = 0; i < 5; i++) {
            last = room.redaction(last, RemoteRoom.RALF, secret.id());
            room.here.receive(last);
        }
        assertThat(waiting()).isEqualTo(1);
        room.here.receive(secret);
        assertThat(inMemory(secret.id()).redactedBy()).isNotZero();
        assertThat(waiting()).isZero();
    }

    private long waiting() {
        return count("SELECT count(*) FROM rooms.early_redaction");
    }

    private long count(String sql) {
        return Optional.of(database.database().read(tx -> tx.only(sql, row -> row.getLong(1))))
                .orElseThrow();
    }
}
