package org.valise.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.bench.demo.RoomView.Seen;
import org.valise.protocol.json.JsonObject;

import java.util.List;

class RoomViewTest {
    @Test
    void extremitiesAreTheEventsThatNoOtherFollows() {
        RoomView view =
                RoomView.of(
                        List.of(seen("$a"), seen("$b", "$a"), seen("$c", "$a"), seen("$d", "$b")),
                        List.of());
        assertThat(view.extremities()).containsExactly("$c", "$d");
    }

    @Test
    void serversAgreeWhenStateAndExtremitiesAreTheSame() {
        RoomView one = RoomView.of(List.of(seen("$a")), List.of(topic("$t"), name("$n")));
        RoomView same = RoomView.of(List.of(seen("$a")), List.of(name("$n"), topic("$t")));
        RoomView otherState = RoomView.of(List.of(seen("$a")), List.of(name("$n"), topic("$u")));
        RoomView behind = RoomView.of(List.of(seen("$b")), List.of(name("$n"), topic("$t")));
        assertThat(one.agreesWith(same)).isTrue();
        assertThat(one.agreesWith(otherState)).isFalse();
        assertThat(one.agreesWith(behind)).isFalse();
        assertThat(RoomView.NOTHING.agreesWith(RoomView.NOTHING)).isFalse();
    }

    private static Seen seen(String id, String... previous) {
        return new Seen(id, "@a:b", true, "", 0, 0, List.of(previous));
    }

    private static JsonObject topic(String id) {
        return JsonObject.of("type", "m.room.topic", "state_key", "", "event_id", id);
    }

    private static JsonObject name(String id) {
        return JsonObject.of("type", "m.room.name", "state_key", "", "event_id", id);
    }
}
