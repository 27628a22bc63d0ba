package org.valise.protocol.pushrules;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

/// What comes of a change that a client asks for.
public sealed interface PushRuleEdit {
    /// @param rules the rules from now on (equal to those before when the change changes nothing)
    record Changed(PushRuleSet rules) implements PushRuleEdit {}

    record Refused(ErrorCode code, int status, String message) implements PushRuleEdit {
        Refused(ErrorCode code, String message) {
            this(code, code.status(), message);
        }

        public MatrixException exception() {
            return new MatrixException(code, message).status(status);
        }
    }
}
