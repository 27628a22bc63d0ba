package org.valise.devices.crosssigning;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.LinkedHashMap;
import java.util.Map;

/// Publishes signatures of keys. Spec: client-server API, `POST /keys/signatures/upload`.
public final class UploadSignaturesClient implements Endpoint {
    /// SECURITY: each costs a verification.
    private static final int MAX_KEYS = 1_000;

    private final SignatureUpload uploads;

    public UploadSignaturesClient(SignatureUpload uploads) {
        this.uploads = uploads;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/keys/signatures/upload")
                .spec("uploadCrossSigningSignatures")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS)
                .alsoAt("/_matrix/client/unstable/keys/signatures/upload");
    }

    @Override
    public Reply handle(Call call) {
        Map<String, JsonObject> given = new LinkedHashMap<>();
        int keys = 0;
        for (Map.Entry<String, JsonValue> user : call.jsonBody().entries()) {
            if (UserId.tryParse(user.getKey()).isEmpty()) {
                throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Not a user id");
            }
            if (!(user.getValue() instanceof JsonObject signed)) {
                throw new MatrixException(
                        ErrorCode.M_BAD_JSON, "Signed keys must be objects by key id");
            }
            given.put(user.getKey(), signed);
            keys += signed.size();
        }
        if (keys > MAX_KEYS) {
            throw new MatrixException(
                            ErrorCode.M_TOO_LARGE, "At most " + MAX_KEYS + " keys at once")
                    .status(400);
        }
        return Reply.json(JsonObject.of("failures", uploads.upload(call.caller(), given)));
    }
}
