package org.valise.protocol.error;

/// Every `errcode` of the specification, with the HTTP status that it usually goes with.
///
/// Spec: Client-Server API, "Common error codes" and "Other error codes"; the pages of the
/// operations.
public enum ErrorCode {
    M_APPSERVICE_LOGIN_UNSUPPORTED(400),
    M_BAD_ALIAS(400),
    M_BAD_JSON(400),
    M_BAD_STATE(403),
    M_BAD_STATUS(502),
    M_CANNOT_LEAVE_SERVER_NOTICE_ROOM(403),
    M_CANNOT_OVERWRITE_MEDIA(409),
    M_CAPTCHA_INVALID(401),
    M_CAPTCHA_NEEDED(401),
    M_CONNECTION_FAILED(502),
    M_CONNECTION_TIMEOUT(504),
    M_DESTINATION_REJECTED(400),
    M_DUPLICATE_ANNOTATION(400),
    M_EMAIL_SEND_ERROR(400),
    M_EXCLUSIVE(400),
    M_FORBIDDEN(403),
    M_GUEST_ACCESS_FORBIDDEN(403),
    M_INCOMPATIBLE_ROOM_VERSION(400),
    M_INVALID_ADDRESS(400),
    M_INVALID_EMAIL(400),
    M_INVALID_PARAM(400),
    M_INVALID_PEPPER(400),
    M_INVALID_ROOM_STATE(400),
    M_INVALID_SIGNATURE(400),
    M_INVALID_USERNAME(400),
    M_INVITE_BLOCKED(403),
    M_KEY_TOO_LARGE(400),
    M_LIMIT_EXCEEDED(429),
    M_MISSING_PARAM(400),
    M_MISSING_PARAMS(400),
    M_MISSING_TOKEN(401),
    M_NOT_FOUND(404),
    M_NOT_JSON(400),
    M_NOT_YET_UPLOADED(504),
    M_NO_VALID_SESSION(404),
    M_PROFILE_TOO_LARGE(400),
    M_RESOURCE_LIMIT_EXCEEDED(403),
    M_ROOM_IN_USE(400),
    M_SEND_ERROR(400),
    M_SERVER_NOT_TRUSTED(400),
    M_SESSION_EXPIRED(400),
    M_SESSION_NOT_VALIDATED(400),
    M_TERMS_NOT_SIGNED(403),
    M_THREEPID_AUTH_FAILED(403),
    M_THREEPID_DENIED(403),
    M_THREEPID_IN_USE(400),
    M_THREEPID_MEDIUM_NOT_SUPPORTED(400),
    M_THREEPID_NOT_FOUND(400),
    M_TOKEN_INCORRECT(400),
    M_TOO_LARGE(413),
    M_UNABLE_TO_AUTHORISE_JOIN(400),
    M_UNABLE_TO_GRANT_JOIN(400),
    M_UNAUTHORIZED(401),
    M_UNKNOWN(500),
    M_UNKNOWN_DEVICE(400),
    M_UNKNOWN_TOKEN(401),
    M_UNRECOGNIZED(404),
    M_UNSUPPORTED_ROOM_VERSION(400),
    M_URL_NOT_SET(400),
    M_USER_DEACTIVATED(403),
    M_USER_IN_USE(400),
    M_USER_LIMIT_EXCEEDED(403),
    M_USER_LOCKED(401),
    M_USER_SUSPENDED(403),
    M_WEAK_PASSWORD(400),
    M_WRONG_ROOM_KEYS_VERSION(403),

    /// Sliding sync (MSC4186): the position is not known here; the client starts anew.
    M_UNKNOWN_POS(400);

    private final int status;

    ErrorCode(int status) {
        this.status = status;
    }

    /// The usual HTTP status.
    public int status() {
        return status;
    }

    /// The string in `errcode`.
    public String errcode() {
        return name();
    }
}
