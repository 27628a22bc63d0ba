package org.valise.federation.requestauth;

import org.valise.federation.keys.KeyRing;
import org.valise.federation.peers.Peers;
import org.valise.platform.http.ServerAuthenticator;
import org.valise.platform.http.SignedRequest;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.RequestSigning;
import org.valise.protocol.signature.Verifier;
import org.valise.protocol.signature.XMatrix;

import java.util.List;
import java.util.function.Consumer;

/// Lets in the servers that prove who they are and may federate.
public final class RequestAuthentication implements ServerAuthenticator {
    /// A server sends a header for each of its keys. SECURITY: each may cost a look at its keys.
    private static final int MOST_HEADERS = 4;

    private final ServerName here;
    private final KeyRing keys;
    private final Peers peers;
    private final Verifier verifier;
    private final Consumer<ServerName> heard;

    /// @param heard told of each server that has proved who it is; must not block
    public RequestAuthentication(
            ServerName here,
            KeyRing keys,
            Peers peers,
            Verifier verifier,
            Consumer<ServerName> heard) {
        this.here = here;
        this.keys = keys;
        this.peers = peers;
        this.verifier = verifier;
        this.heard = heard;
    }

    @Override
    public void expect(List<String> authorization) {
        claimed(authorization);
    }

    @Override
    public ServerName authenticate(SignedRequest request) {
        List<XMatrix> authorizations = claimed(request.authorization());
        ServerName origin = authorizations.getFirst().origin();
        var signed =
                new RequestSigning.Request(
                        request.method(), request.uri(), here, request.content());
        if (authorizations.stream().noneMatch(authorization -> holds(authorization, signed))) {
            throw unauthorized("No valid signature of " + origin);
        }
        heard.accept(origin);
        return origin;
    }

    /// What the headers claim: all the same server, which may federate. SECURITY: who may not makes
    /// this server do nothing, such as ask for keys.
    private List<XMatrix> claimed(List<String> headers) {
        List<XMatrix> authorizations =
                headers.stream()
                        .limit(MOST_HEADERS)
                        .flatMap(header -> XMatrix.parse(header).stream())
                        .toList();
        if (authorizations.isEmpty()) {
            throw unauthorized("Missing or malformed X-Matrix authorization");
        }
        ServerName origin = authorizations.getFirst().origin();
        authorizations.forEach(authorization -> check(authorization, origin));
        peers.requireAllowed(origin);
        return authorizations;
    }

    private void check(XMatrix authorization, ServerName origin) {
        // "If this property is included, but the value does not match the receiving server's name,
        // the receiving server must deny the request with an HTTP status code 401 Unauthorized."
        String destination = authorization.destination();
        if (destination != null && !destination.equals(here.value())) {
            throw unauthorized("This request is for another server");
        }
        if (!authorization.origin().equals(origin)) {
            throw unauthorized("Signed in the name of several servers");
        }
        if (origin.equals(here)) {
            throw unauthorized("Signed in the name of this server");
        }
    }

    private boolean holds(XMatrix authorization, RequestSigning.Request signed) {
        return keys.forRequest(authorization.origin(), authorization.key())
                .filter(key -> RequestSigning.verify(signed, authorization, key, verifier))
                .isPresent();
    }

    private static MatrixException unauthorized(String detail) {
        return new MatrixException(ErrorCode.M_UNAUTHORIZED, detail).status(401);
    }
}
