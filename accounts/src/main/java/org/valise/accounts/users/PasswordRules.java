package org.valise.accounts.users;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

/// What a new password must be. Spec: client-server API, "Password management".
public record PasswordRules(int shortest) {
    /// @throws MatrixException `M_WEAK_PASSWORD`
    public void check(String password) {
        if (password.codePointCount(0, password.length()) < shortest) {
            throw new MatrixException(
                    ErrorCode.M_WEAK_PASSWORD,
                    "A password has at least " + shortest + " characters");
        }
        if (password.length() > PasswordLogins.LONGEST) {
            throw new MatrixException(
                    ErrorCode.M_WEAK_PASSWORD,
                    "A password has at most " + PasswordLogins.LONGEST + " characters");
        }
    }
}
