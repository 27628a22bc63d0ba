package org.valise.rooms.invites;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.RateLimits;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;
import java.util.function.Predicate;

/// Protects people from invitations they do not want.
///
/// Spec: client-server API, "Invite permission".
public final class InviteGuard {
    private static final String CONFIG = "m.invite_permission_config";

    private final AccountData accountData;
    private final UserNumbers users;
    private final RateLimits limits;
    private final Predicate<UserId> local;

    public InviteGuard(
            AccountData accountData,
            UserNumbers users,
            RateLimits limits,
            Predicate<UserId> local) {
        this.accountData = accountData;
        this.users = users;
        this.limits = limits;
        this.local = local;
    }

    /// To be asked when nothing else speaks against the invitation.
    ///
    /// @param create the content of the room's create event
    /// @throws MatrixException `M_INVITE_BLOCKED`, `M_LIMIT_EXCEEDED` if they get too many, or 403
    ///   if they could never join
    public void check(UserId target, JsonObject create) {
        // `m.federate`: whether users on other servers can join this room.
        if (!local.test(target) && !create.bool("m.federate").orElse(true)) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "Users of other servers cannot join this room");
        }
        if (local.test(target) && blocks(target)) {
            throw new MatrixException(
                    ErrorCode.M_INVITE_BLOCKED, target + " does not want to be invited");
        }
        limits.check(RateLimit.INVITE_RECEIVED, target.value());
    }

    /// To be asked before another server is told that an identifier is a local user's. SECURITY:
    /// anybody can say that it is, for any number of invitations that there are not.
    void checkBound(UserId target) {
        limits.check(RateLimit.INVITE_RECEIVED, "bound " + target);
    }

    private boolean blocks(UserId target) {
        return users.find(target)
                .flatMap(number -> accountData.find(number, null, CONFIG))
                .flatMap(config -> config.string("default_action"))
                .equals(Optional.of("block"));
    }
}
