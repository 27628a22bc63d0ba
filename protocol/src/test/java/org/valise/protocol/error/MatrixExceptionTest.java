package org.valise.protocol.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MatrixExceptionTest {
    @Test
    void saysWhatTheStandardErrorResponseSays() {
        MatrixException refusal =
                new MatrixException(ErrorCode.M_LIMIT_EXCEEDED, "Slow down")
                        .with("retry_after_ms", 2000);
        assertThat(refusal.status()).isEqualTo(429);
        assertThat(refusal.code()).isEqualTo(ErrorCode.M_LIMIT_EXCEEDED);
        assertThat(refusal.json())
                .hasToString(
                        "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"Slow"
                                + " down\",\"retry_after_ms\":2000}");
    }

    @Test
    void takesAnotherStatus() {
        assertThat(new MatrixException(ErrorCode.M_UNRECOGNIZED, "x").status(405).status())
                .isEqualTo(405);
        assertThat(new MatrixException(ErrorCode.M_UNRECOGNIZED, "x").status()).isEqualTo(404);
    }

    @Test
    void everyCodeHasAnErrorStatus() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(code.status()).as(code.errcode()).isBetween(400, 599);
            assertThat(code.errcode()).startsWith("M_");
        }
    }
}
