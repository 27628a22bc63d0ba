package org.valise.bench.client;

import java.nio.charset.StandardCharsets;

/// What a server answered: read to its last byte, not yet looked into.
public record HttpAnswer(int status, byte[] body) {
    boolean isSuccess() {
        return status / 100 == 2;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
