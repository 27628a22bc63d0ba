package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Map;

class OperationLimitsTest {
    @Test
    void countsAnOperationWithALimitOfItsOwnByItself() {
        RateLimits limits =
                RateLimits.of(
                        Map.of(RateLimit.READ, new RateLimit.Rate(0.01, 1)),
                        Map.of(
                                new OperationName(false, "own"),
                                new RateLimit.Rate(0.01, 3),
                                new OperationName(true, "other"),
                                new RateLimit.Rate(0.01, 3)));
        try (TestServer limited = TestServer.with(limits, reading("own"), reading("other"))) {
            for (int i = 0; i < 3; i++) {
                assertThat(limited.get("/own", "alice").status()).isEqualTo(200);
            }
            assertThat(limited.get("/own", "alice").status()).isEqualTo(429);
            assertThat(limited.get("/own", "bob").status()).isEqualTo(200);
            assertThat(limited.get("/other", "alice").status()).isEqualTo(200);
            assertThat(limited.get("/other", "alice").status()).isEqualTo(429);
        }
    }

    private static TestEndpoint reading(String name) {
        return new TestEndpoint(
                Route.get("/" + name).extension(name).auth(Auth.ACCESS_TOKEN).limit(RateLimit.READ),
                call -> Reply.empty());
    }
}
