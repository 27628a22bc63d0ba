package org.valise.platform.http;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

/// Who calls: the account and the session its access token belongs to.
///
/// @param userNumber the user's interned number
/// @param session the number of the session (of the device, not of the token: it survives a
///   refresh)
/// @param state the standing of the account, judged against the route's [Standing]
/// @param unlimited whether rate limits do not apply (an application service that says so, an
///   administrator's tool)
public record Caller(
        UserId user,
        long userNumber,
        String deviceId,
        long session,
        boolean guest,
        boolean admin,
        AccountState state,
        boolean unlimited) {

    /// An account in good standing, limited like everybody.
    public Caller(
            UserId user,
            long userNumber,
            String deviceId,
            long session,
            boolean guest,
            boolean admin) {
        this(user, userNumber, deviceId, session, guest, admin, AccountState.ACTIVE, false);
    }

    /// @throws MatrixException `M_FORBIDDEN` if the caller is no administrator of this server
    public void requireAdministrator() {
        if (!admin) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "Only administrators of this server may do this");
        }
    }
}
