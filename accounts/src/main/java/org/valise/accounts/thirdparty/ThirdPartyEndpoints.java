package org.valise.accounts.thirdparty;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;

/// The operations on third-party networks and identifiers.
public final class ThirdPartyEndpoints {
    private ThirdPartyEndpoints() {}

    public static List<Endpoint> all() {
        var all = new ArrayList<Endpoint>();
        all.addAll(networks());
        all.add(
                new FixedAnswerClient(
                        read("account/3pid", "getAccount3PIDs"),
                        Reply.json(JsonObject.of("threepids", JsonArray.of()))));
        all.addAll(validations());
        return all;
    }

    /// There are no bridges.
    private static List<Endpoint> networks() {
        String protocol = "This server knows no such third-party network";
        String nothing = "Nothing of a third-party network was found";
        return List.of(
                new FixedAnswerClient(read("thirdparty/protocols", "getProtocols"), Reply.empty()),
                notFound("thirdparty/protocol/{protocol}", "getProtocolMetadata", protocol),
                notFound("thirdparty/location/{protocol}", "queryLocationByProtocol", nothing),
                notFound("thirdparty/location", "queryLocationByAlias", nothing),
                notFound("thirdparty/user/{protocol}", "queryUserByProtocol", nothing),
                notFound("thirdparty/user", "queryUserByID", nothing));
    }

    private static Endpoint notFound(String path, String operation, String why) {
        return new FixedAnswerClient(
                read(path, operation),
                Reply.status(
                        404, JsonObject.of("errcode", ErrorCode.M_NOT_FOUND.name(), "error", why)));
    }

    private static Route read(String path, String operation) {
        return Route.get("/_matrix/client/v3/" + path)
                .spec(operation)
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    /// Neither mail nor text messages are sent: no address can be validated, and no account has
    /// one.
    private static List<Endpoint> validations() {
        ErrorCode denied = ErrorCode.M_THREEPID_DENIED;
        ErrorCode unknown = ErrorCode.M_THREEPID_NOT_FOUND;
        return List.of(
                new RefusedValidationClient(
                        "register/email", "requestTokenToRegisterEmail", denied),
                new RefusedValidationClient(
                        "register/msisdn", "requestTokenToRegisterMSISDN", denied),
                new RefusedValidationClient(
                        "account/3pid/email", "requestTokenTo3PIDEmail", denied),
                new RefusedValidationClient(
                        "account/3pid/msisdn", "requestTokenTo3PIDMSISDN", denied),
                new RefusedValidationClient(
                        "account/password/email", "requestTokenToResetPasswordEmail", unknown),
                new RefusedValidationClient(
                        "account/password/msisdn", "requestTokenToResetPasswordMSISDN", unknown));
    }
}
