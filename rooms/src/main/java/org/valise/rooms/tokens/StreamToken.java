package org.valise.rooms.tokens;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.util.Optional;

/// Everything up to a position of the stream, and of the small order of typing and presence.
public record StreamToken(long position, long ephemeral) implements Token {
    private static final String TAG = "s1";

    static Optional<StreamToken> tryParse(String text) {
        return TokenFields.read(TAG, text)
                .filter(fields -> fields[0] >= 0 && fields[1] >= 0)
                .map(fields -> new StreamToken(fields[0], fields[1]));
    }

    /// @throws MatrixException `M_INVALID_PARAM` for anything this server has not made
    public static StreamToken parse(String text) {
        return tryParse(text)
                .orElseThrow(() ->
                        new MatrixException(
                                ErrorCode.M_INVALID_PARAM, "Not a token of this server"));
    }

    @Override
    public String toString() {
        return TAG + "_" + position + "_" + ephemeral;
    }
}
