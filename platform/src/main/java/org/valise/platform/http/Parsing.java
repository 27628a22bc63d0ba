package org.valise.platform.http;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.IllegalIdentifier;

import java.util.function.Function;

/// Runs a strict parser over what a client sent: what it refuses is `M_INVALID_PARAM`.
final class Parsing {
    private Parsing() {}

    static <T> T parse(String name, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalIdentifier | IllegalArgumentException e) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, name + ": " + e.getMessage())
                    .status(400);
        }
    }
}
