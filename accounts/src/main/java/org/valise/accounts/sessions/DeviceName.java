package org.valise.accounts.sessions;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

/// The name of a device.
final class DeviceName {
    private static final int LONGEST = 256;

    private DeviceName() {}

    static String checked(String name) {
        if (name.length() > LONGEST) {
            throw new MatrixException(
                            ErrorCode.M_TOO_LARGE,
                            "A device's name has at most " + LONGEST + " characters")
                    .status(400);
        }
        // PostgreSQL's text cannot hold it, and no name needs it.
        return name.replace("\0", "");
    }
}
