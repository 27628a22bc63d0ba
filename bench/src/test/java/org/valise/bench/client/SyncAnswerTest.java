package org.valise.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class SyncAnswerTest {
    @Test
    void findsTheMessagesOfAllRooms() {
        SyncAnswer answer =
                SyncAnswer.parse(
                        """
                        {"next_batch": "s7", "rooms": {"join": {
                          "!a": {"timeline": {"limited": true, "events": [
                            {"type": "m.room.message", "content": {"body": "one"}},
                            {"type": "m.room.message", "content": {}},
                            {"type": "m.room.topic", "content": {"body": "none"}}]}},
                          "!b": {"timeline": {"limited": false, "events": [
                            {"type": "m.room.message", "content": {"body": "two"}}]}},
                          "!c": {}}}}
                        """
                                .getBytes(StandardCharsets.UTF_8));
        assertThat(answer.nextBatch()).isEqualTo("s7");
        assertThat(answer.rooms()).isEqualTo(3);
        assertThat(answer.limited()).isEqualTo(1);
        assertThat(answer.messages())
                .containsExactly(
                        new SyncAnswer.Message("!a", "one"), new SyncAnswer.Message("!b", "two"));
    }
}
