package org.valise.accounts.accountdata;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/// What a client may write. Spec: client-server API, "Client Config", server behaviour.
final class AccountDataRules {
    private static final Set<String> MANAGED = Set.of("m.fully_read", "m.push_rules");
    private static final int TYPE_BYTES = 255;

    private AccountDataRules() {}

    static String checkedType(String type) {
        if (type.isEmpty()
                || type.indexOf('\0') >= 0
                || type.getBytes(StandardCharsets.UTF_8).length > TYPE_BYTES) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM,
                    "A type of account data has 1 to " + TYPE_BYTES + " bytes, none of them NUL");
        }
        return type;
    }

    /// *Servers MUST reject setting account data for event types that the server manages by using a
    /// 405 error response. This applies to both global and room-specific account data.*
    static String writableType(String type) {
        if (MANAGED.contains(type)) {
            throw new MatrixException(
                            ErrorCode.M_BAD_JSON, "Cannot set " + type + " through this API")
                    .status(405);
        }
        return checkedType(type);
    }
}
