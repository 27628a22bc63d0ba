package org.valise.rooms.tokens;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.util.Optional;

/// Everything up to a position of the stream, and of the small order of typing and presence.
///
/// @param toDevice the messages to the device are included up to here only: less than `position`
///   where they were too many for one response
public record StreamToken(long position, long ephemeral, long toDevice) implements Token {
    private static final String TAG = "s1";

    public StreamToken(long position, long ephemeral) {
        this(position, ephemeral, position);
    }

    static Optional<StreamToken> tryParse(String text) {
        return TokenFields.read(TAG, text, 2, 3)
                .map(fields ->
                        new StreamToken(
                                fields[0], fields[1], fields.length == 3 ? fields[2] : fields[0]))
                .filter(token ->
                        token.ephemeral >= 0
                                && token.toDevice >= 0
                                && token.toDevice <= token.position);
    }

    /// @throws MatrixException `M_INVALID_PARAM` for anything this server has not made
    public static StreamToken parse(String text) {
        return tryParse(text)
                .orElseThrow(() ->
                        new MatrixException(
                                ErrorCode.M_INVALID_PARAM, "Not a token of this server"));
    }

    /// The same with messages to the device up to a position only.
    public StreamToken withMessagesUpTo(long included) {
        return new StreamToken(position, ephemeral, included);
    }

    @Override
    public String toString() {
        String token = TAG + "_" + position + "_" + ephemeral;
        return toDevice == position ? token : token + "_" + toDevice;
    }
}
