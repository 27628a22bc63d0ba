package org.valise.accounts.profiles;

import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

/// Whose profile a change is about: the caller's own.
final class OwnProfile {
    private OwnProfile() {}

    static Caller caller(Call call) {
        Caller caller = call.caller();
        if (!call.path("userId", UserId::parse).equals(caller.user())) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "You can change no profile but your own");
        }
        // *Guest users may only modify their display name; other profile fields may not be
        // changed.*
        if (caller.guest() && !call.path("keyName").equals(ProfileRules.DISPLAY_NAME)) {
            throw new MatrixException(
                    ErrorCode.M_GUEST_ACCESS_FORBIDDEN, "Guests have a display name and no more");
        }
        return caller;
    }
}
