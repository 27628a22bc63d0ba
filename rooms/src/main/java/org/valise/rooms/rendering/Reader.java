package org.valise.rooms.rendering;

import org.valise.platform.http.Caller;
import org.valise.protocol.id.UserId;

/// Who an event is rendered for.
///
/// @param number the user's number
/// @param session the device's session: only the sending device is told its transaction id
/// @param now milliseconds since 1970, for the age of events
public record Reader(UserId user, long number, long session, long now) {
    public static Reader of(Caller caller, long now) {
        return new Reader(caller.user(), caller.userNumber(), caller.session(), now);
    }
}
