package org.valise.accounts.sessions;

import org.valise.platform.http.Call;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.DeviceId;

/// The device that a request is about.
final class DevicePath {
    private DevicePath() {}

    static String device(Call call) {
        return call.path("deviceId", DeviceId::parse).value();
    }

    static void check(String device) {
        if (DeviceId.tryParse(device).isEmpty()) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Not a device id").status(400);
        }
    }

    static MatrixException notFound() {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "You have no device of this id")
                .status(404);
    }
}
