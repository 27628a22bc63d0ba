package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// What another server says of its users beside events: who types, has read, is there.
final class FederatedActivityTest extends SharedRoom {
    private List<String> typing() {
        return Synced.initial(alice).joined(room.id()).events("ephemeral").stream()
                .filter(event -> event.string("type").orElse("").equals("m.typing"))
                .flatMap(event ->
                        event
                                .object("content")
                                .flatMap(content -> content.array("user_ids"))
                                .orElseThrow()
                                .strings()
                                .stream())
                .toList();
    }

    private JsonObject typing(String user, boolean types) {
        return JsonObject.of("room_id", room.id(), "user_id", user, "typing", types);
    }

    @Test
    void hearsWhoIsTypingOfTheServerThatSaysItOnly() {
        edu(fake, "m.typing", typing(OSCAR.value(), true));
        edu(fake, "m.typing", typing("@stranger:fake.test", true));
        edu(fake, "m.typing", typing(MALLORY.value(), true));
        Waiting.untilTrue(() -> typing().contains(MALLORY.value()));
        assertThat(typing()).containsExactly(MALLORY.value());
        edu(fake, "m.typing", typing(MALLORY.value(), false));
        Waiting.untilTrue(() -> typing().isEmpty());
    }

    private JsonObject receipt(UserId user, EventId event) {
        return JsonObject.of(
                room.id(),
                JsonObject.of(
                        "m.read",
                        JsonObject.of(
                                user.value(),
                                JsonObject.of(
                                        "event_ids",
                                        JsonArray.of(event.value()),
                                        "data",
                                        JsonObject.of("ts", 1234)))));
    }

    private List<String> readers(EventId event) {
        return Synced.initial(alice).joined(room.id()).events("ephemeral").stream()
                .filter(each -> each.string("type").orElse("").equals("m.receipt"))
                .flatMap(each ->
                        each
                                .object("content")
                                .flatMap(content -> content.object(event.value()))
                                .flatMap(types -> types.object("m.read"))
                                .map(JsonObject::keys)
                                .orElse(List.of())
                                .stream())
                .toList();
    }

    @Test
    void hearsWhatTheUsersOfAServerHaveReadAlsoBeforeItArrives() {
        EventId said = EventId.parse(room.say(alice, "read this"));
        edu(fake, "m.receipt", receipt(OSCAR, said));
        edu(fake, "m.receipt", receipt(UserId.parse("@stranger:fake.test"), said));
        edu(fake, "m.receipt", receipt(MALLORY, said));
        Waiting.untilTrue(() -> readers(said).contains(MALLORY.value()));
        assertThat(readers(said)).containsExactly(MALLORY.value());
        seen = seen(other);
        Event later = seen.say(OSCAR, "later");
        edu(fake, "m.receipt", receipt(MALLORY, later.id()));
        send(other, later);
        Waiting.untilTrue(() -> readers(later.id()).contains(MALLORY.value()));
    }

    private static void tellPresence(JsonObject... users) {
        edu(fake, "m.presence", JsonObject.of("push", JsonArray.of(List.of(users))));
    }

    @Test
    void hearsWhetherTheUsersOfAServerAreThere() {
        JsonObject here = JsonObject.of("presence", "online", "last_active_ago", 10);
        tellPresence(
                here.with("user_id", MALLORY.value()).with("status_msg", "busy"),
                here.with("user_id", OSCAR.value()));
        String path = "/_matrix/client/v3/presence/";
        Waiting.untilTrue(() ->
                alice.get(path + MALLORY.value() + "/status")
                        .json()
                        .string("presence")
                        .orElse("")
                        .equals("online"));
        assertThat(alice.get(path + MALLORY.value() + "/status").json().string("status_msg"))
                .contains("busy");
        assertThat(alice.get(path + OSCAR.value() + "/status").json().string("presence"))
                .contains("offline");
        Synced next = Synced.initial(alice);
        tellPresence(here.with("presence", "unavailable").with("user_id", MALLORY.value()));
        Waiting.untilTrue(() ->
                next.next(alice).events("presence").stream()
                        .anyMatch(event ->
                                event.string("sender").orElse("").equals(MALLORY.value())));
    }

    @Test
    void aServerThatTheRoomDoesNotLetInIsToldSoOfEachEventAndNotHeard() {
        room.setState(
                alice,
                "m.room.server_acl",
                "",
                JsonObject.of("allow", JsonArray.of("*"), "deny", JsonArray.of("FAKE.test")));
        seen = seen(fake);
        Event event = seen.say(MALLORY, "refused");
        JsonObject answer = send(fake, event);
        assertThat(answer.object(event.id().value()).orElseThrow().keys()).contains("error");
        edu(fake, "m.typing", typing(MALLORY.value(), true));
        EventId said = EventId.parse(room.say(alice, "for those who may read it"));
        edu(fake, "m.receipt", receipt(MALLORY, said));
        edu(other, "m.receipt", receipt(OSCAR, said));
        send(other, seen(other).say(OSCAR, "let in"));
        assertThat(bodiesUntil("let in")).doesNotContain("refused");
        assertThat(typing()).isEmpty();
        Waiting.untilTrue(() -> readers(said).contains(OSCAR.value()));
        assertThat(readers(said)).doesNotContain(MALLORY.value());
    }
}
