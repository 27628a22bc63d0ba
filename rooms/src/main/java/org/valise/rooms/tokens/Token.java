package org.valise.rooms.tokens;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.util.Optional;

/// A point in one of the two orders.
public sealed interface Token permits StreamToken, OrderToken {
    /// @throws MatrixException `M_INVALID_PARAM` for anything this server has not made
    static Token parse(String text) {
        Optional<? extends Token> token =
                text.startsWith("s") ? StreamToken.tryParse(text) : OrderToken.tryParse(text);
        return token.orElseThrow(
                () -> new MatrixException(ErrorCode.M_INVALID_PARAM, "Not a token of this server"));
    }
}
