package org.valise.rooms.summaries;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

final class RoomSummaryTest {
    private static RoomsServer server;
    private static User alice;
    private static User bob;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
        bob = server.register("bob");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer summary(User user, String room) {
        return server.get(user, "/_matrix/client/v1/room_summary/" + room);
    }

    private static Answer mutual(User user, String query) {
        return server.get(user, "/_matrix/client/v1/mutual_rooms" + query);
    }

    @Test
    void summarizesARoomByIdAndByAlias() {
        String room =
                server.room(
                        alice,
                        JsonObject.of(
                                "preset",
                                "public_chat",
                                "name",
                                "Cheese",
                                "room_alias_name",
                                "cheese",
                                "creation_content",
                                JsonObject.of("type", "m.space")));
        server.setState(
                alice,
                room,
                "m.room.encryption",
                JsonObject.of("algorithm", "m.megolm.v1.aes-sha2"));
        JsonObject told = summary(bob, "#cheese:example.org").ok();
        assertThat(told.string("room_id")).contains(room);
        assertThat(told.string("name")).contains("Cheese");
        assertThat(told.string("canonical_alias")).contains("#cheese:example.org");
        assertThat(told.string("join_rule")).contains("public");
        assertThat(told.string("room_type")).contains("m.space");
        assertThat(told.string("encryption")).contains("m.megolm.v1.aes-sha2");
        assertThat(told.string("room_version")).contains("12");
        assertThat(told.integer("num_joined_members")).contains(1L);
        assertThat(told.string("membership")).contains("leave");
        assertThat(told.has("allowed_room_ids")).isFalse();
        assertThat(summary(alice, room).ok().string("membership")).contains("join");
        assertThat(summary(null, room).ok().has("membership")).isFalse();
    }

    @Test
    void namesTheRoomsWhoseMembersMayJoinARestrictedOne() {
        String other = server.publicRoom(alice);
        String room = server.restrictedRoom(alice, other);
        assertThat(summary(bob, room).refusal()).isEqualTo("404 M_NOT_FOUND");
        server.join(bob, other);
        assertThat(summary(bob, room).ok().array("allowed_room_ids")).contains(JsonArray.of(other));
        assertThat(summary(null, room).refusal()).isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void saysTheSameOfASecretRoomAndOfNone() {
        String room = server.room(alice, JsonObject.of("preset", "private_chat"));
        assertThat(summary(bob, room).json()).isEqualTo(summary(bob, "!x:example.org").json());
        assertThat(summary(bob, room).refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(summary(bob, "nonsense").refusal()).isEqualTo("400 M_INVALID_PARAM");
    }

    @Test
    void findsTheRoomsThatTwoPeopleShare() {
        User carol = server.register("carol");
        User dave = server.register("dave");
        String shared = server.publicRoom(carol);
        String left = server.publicRoom(carol);
        server.publicRoom(carol);
        server.join(dave, shared);
        server.join(dave, left);
        server.leave(dave, left);
        JsonObject found = mutual(carol, "?user_id=" + dave.id()).ok();
        assertThat(found).isEqualTo(JsonObject.of("joined", JsonArray.of(shared), "count", 1));
        assertThat(mutual(carol, "?user_id=@stranger:elsewhere.org").ok())
                .isEqualTo(JsonObject.of("joined", JsonArray.of(), "count", 0));
        assertThat(mutual(carol, "?user_id=" + carol.id()).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(mutual(carol, "").refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(mutual(carol, "?user_id=dave").refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(mutual(carol, "?from=x&user_id=" + dave.id()).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
    }
}
