package org.valise.accounts.administration;

import org.valise.accounts.users.Account;
import org.valise.accounts.users.Users;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

/// The accounts that an administrator looks at and changes.
final class ModeratedAccounts {
    private final Users users;

    ModeratedAccounts(Users users) {
        this.users = users;
    }

    /// The account that the path names.
    ///
    /// @throws MatrixException `M_FORBIDDEN` if the caller is no administrator or the account is
    ///   another administrator's, `M_INVALID_PARAM` if it is of another server, `M_NOT_FOUND` if
    ///   there is none
    Account shown(Call call) {
        Caller caller = call.caller();
        // SECURITY: *In order to prevent user enumeration, servers MUST ensure that authorisation
        // is
        // checked prior to trying to do account lookups.*
        caller.requireAdministrator();
        UserId user = call.path("userId", UserId::parse);
        if (!users.isLocal(user)) {
            throw new MatrixException(
                            ErrorCode.M_INVALID_PARAM, "The user does not belong to this server")
                    .status(400);
        }
        Account account =
                users.find(user)
                        .filter(found -> !found.deactivated())
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_NOT_FOUND, "There is no such user"));
        if (account.admin() && account.number() != caller.userNumber()) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, "The user is an administrator, too");
        }
        return account;
    }

    /// The same of an account that is to be changed.
    ///
    /// @throws MatrixException `M_FORBIDDEN` also if it is the caller's own
    Account changed(Call call) {
        Account account = shown(call);
        if (account.number() == call.caller().userNumber()) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, "This is your own account");
        }
        return account;
    }
}
