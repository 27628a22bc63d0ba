package org.valise.platform.http;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Names requests: a part that tells this start of the process from others, and a number.
final class RequestIds {
    private final String prefix =
            Long.toString(new SecureRandom().nextLong(36L * 36 * 36 * 36 * 36), 36) + "-";
    private final AtomicLong number = new AtomicLong();

    String next() {
        return prefix + Long.toString(number.incrementAndGet(), 36);
    }
}
