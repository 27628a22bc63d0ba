package org.valise.accounts.users;

import org.valise.platform.http.Body;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;

import java.util.Locale;
import java.util.Optional;

/// Who a client says somebody is. Spec: client-server API, "Identifier types".
public final class Identifier {
    private Identifier() {}

    /// The user that `identifier`, or else the old `user`, names; empty if it can be nobody of this
    /// server.
    ///
    /// @param body of a login, or the `auth` of a password stage
    public static Optional<UserId> of(Body body, ServerName server) {
        Optional<Body> identifier = body.optionalObject("identifier").map(Body::of);
        if (identifier.isEmpty()) {
            return body.optionalString("user").flatMap(name -> user(name, server));
        }
        String type = identifier.get().string("type");
        return switch (type) {
            case "m.id.user" -> user(identifier.get().string("user"), server);
            // *In the case that the homeserver does not know about the supplied 3PID, the
            // homeserver must respond with 403
            // Forbidden*: nobody has one here.
            case "m.id.thirdparty", "m.id.phone" -> Optional.empty();
            default ->
                    throw new MatrixException(
                                    ErrorCode.M_UNKNOWN, "Unknown identifier type: " + type)
                            .status(400);
        };
    }

    /// Whether the body names anybody at all.
    public static boolean isGiven(Body body) {
        return body.has("identifier") || body.has("user");
    }

    /// *Either the fully qualified Matrix user ID, or just the localpart*; written in capitals it
    /// is the same user.
    private static Optional<UserId> user(String name, ServerName server) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        String full = lower.startsWith("@") ? lower : "@" + lower + ":" + server.value();
        return UserId.tryParse(full).filter(user -> user.server().equals(server));
    }
}
