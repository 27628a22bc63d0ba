package org.valise.rooms.handshake;

import org.valise.federation.client.FederationException;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Why a handshake with one server came to nothing; others may be asked.
final class HandshakeFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /// What another server may say to a user of this one.
    ///
    /// SECURITY: not that a token is unknown, say, which would make clients log out.
    private static final Set<ErrorCode> PASSED_ON =
            EnumSet.of(
                    ErrorCode.M_BAD_STATE,
                    ErrorCode.M_FORBIDDEN,
                    ErrorCode.M_GUEST_ACCESS_FORBIDDEN,
                    ErrorCode.M_INCOMPATIBLE_ROOM_VERSION,
                    ErrorCode.M_NOT_FOUND,
                    ErrorCode.M_RESOURCE_LIMIT_EXCEEDED,
                    ErrorCode.M_UNABLE_TO_AUTHORISE_JOIN,
                    ErrorCode.M_UNABLE_TO_GRANT_JOIN,
                    ErrorCode.M_UNSUPPORTED_ROOM_VERSION);

    /// How much a failure says to the user, the least first.
    enum Weight {
        NO_ANSWER,
        UNUSABLE,
        UNKNOWN_ROOM,
        CANNOT_TELL,
        REFUSED,
        FINAL
    }

    private final transient MatrixException forClient;
    private final Weight weight;

    private HandshakeFailure(MatrixException forClient, Weight weight) {
        super(forClient.getMessage(), forClient);
        this.forClient = forClient;
        this.weight = weight;
    }

    /// The server answered what it should not.
    static HandshakeFailure unusable(ServerName server, String fault) {
        return new HandshakeFailure(
                new MatrixException(
                                ErrorCode.M_UNKNOWN,
                                "%s gave an answer that cannot be used: %s"
                                        .formatted(server, fault))
                        .status(502),
                Weight.UNUSABLE);
    }

    /// No other server needs to be asked.
    static HandshakeFailure decided(MatrixException refusal) {
        return new HandshakeFailure(refusal, Weight.FINAL);
    }

    static HandshakeFailure of(FederationException e) {
        return switch (e.reason()) {
            case REFUSED -> refused(e);
            case UNUSABLE -> new HandshakeFailure(e.forClient(), Weight.UNUSABLE);
            case NOT_ALLOWED, RESTING, UNREACHABLE ->
                    new HandshakeFailure(e.forClient(), Weight.NO_ANSWER);
        };
    }

    /// "The error should be passed through to clients so that they may give better feedback to
    /// users. […] If `M_MISSING_PARAM` or `M_INVALID_PARAM` is returned […], the Client-Server API
    /// request SHOULD fail with a 5xx error."
    private static HandshakeFailure refused(FederationException e) {
        Optional<ErrorCode> code =
                e.errcode()
                        .flatMap(said ->
                                Arrays.stream(ErrorCode.values())
                                        .filter(each -> each.errcode().equals(said))
                                        .findFirst())
                        .filter(PASSED_ON::contains);
        if (code.isEmpty()) {
            return new HandshakeFailure(e.forClient(), Weight.UNUSABLE);
        }
        MatrixException refusal = new MatrixException(code.get(), String.valueOf(e.getMessage()));
        e.answer()
                .flatMap(answer -> answer.string("room_version"))
                .ifPresent(version -> refusal.with("room_version", version));
        return new HandshakeFailure(
                refusal,
                switch (code.get()) {
                    case M_NOT_FOUND -> Weight.UNKNOWN_ROOM;
                    case M_UNABLE_TO_AUTHORISE_JOIN, M_UNABLE_TO_GRANT_JOIN -> Weight.CANNOT_TELL;
                    default -> Weight.REFUSED;
                });
    }

    MatrixException forClient() {
        return forClient;
    }

    boolean isFinal() {
        return weight == Weight.FINAL;
    }

    boolean saysMoreThan(HandshakeFailure other) {
        return weight.compareTo(other.weight) > 0;
    }
}
