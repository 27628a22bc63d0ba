package org.valise.devices.dehydrated;

import org.valise.devices.dehydrated.DehydratedDevices.Messages;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.rooms.rendering.JsonBuffer;

/// Answers with messages, and the tokens in them.
final class DehydratedEvents {
    private static final String TAG = "d1_";

    private DehydratedEvents() {}

    /// Where a token says to begin.
    ///
    /// @throws MatrixException `M_INVALID_PARAM` for anything this server has not made
    static long position(String token) {
        if (token.isEmpty()) {
            return 0;
        }
        try {
            if (token.startsWith(TAG)) {
                return Long.parseUnsignedLong(token.substring(TAG.length()));
            }
        } catch (NumberFormatException e) {
            // is refused below
        }
        throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Not a token of this server");
    }

    static byte[] answer(Messages messages, boolean withNext) {
        JsonBuffer out = new JsonBuffer();
        String separator = "{\"events\":[";
        for (String event : messages.events()) {
            out.ascii(separator).utf8(event);
            separator = ",";
        }
        out.ascii(messages.events().isEmpty() ? separator + "]" : "]");
        if (withNext) {
            out.ascii(",\"next_batch\":").string(TAG + messages.upTo());
        }
        return out.ascii("}").toBytes();
    }
}
