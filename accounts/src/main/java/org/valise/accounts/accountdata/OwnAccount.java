package org.valise.accounts.accountdata;

import org.valise.platform.http.Call;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

/// Whose account data a request is about: the caller's own.
final class OwnAccount {
    private OwnAccount() {}

    static long user(Call call) {
        if (!call.path("userId", UserId::parse).equals(call.caller().user())) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "Account data is only for the user it belongs to");
        }
        return call.caller().userNumber();
    }
}
