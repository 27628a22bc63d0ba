package org.valise.devices.todevice;

import java.time.Duration;

/// What may wait for a device that does not come for it.
///
/// The rule, in this order:
///
/// 1. An *ask* (a request for keys or secrets, a step of a verification) that is older than
///    [#askAge()] is dropped: nobody answers it any more.
/// 2. Any message that is older than [#age()] is dropped. The room keys among them are in the
///    user's key backup.
/// 3. Of more than [#count()] messages or [#bytes()] for one device the asks go first, then the
///    oldest messages of whoever has most of them waiting. SECURITY: whoever floods a device
///    displaces their own messages, not those of others.
///
/// @param count messages for one device
/// @param bytes of messages for one device
public record MessageLimits(int count, long bytes, Duration age, Duration askAge) {
    public static final MessageLimits DEFAULT =
            new MessageLimits(200_000, 256L << 20, Duration.ofDays(180), Duration.ofDays(7));

    /// Whether a message of this type is worth nothing once it is old.
    static boolean isAsk(String type) {
        return type.equals("m.room_key_request")
                || type.equals("m.secret.request")
                || type.startsWith("m.key.verification.");
    }
}
