package org.valise.rooms.presence;

import org.valise.accounts.users.UserNumbers;
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
import org.valise.rooms.admission.RemoteMembers;
import org.valise.rooms.members.MembershipStore;

/// Whether somebody is there. Spec: client-server API, `GET /presence/{userId}/status`.
public final class PresenceClient implements Endpoint {
    private final Presence presence;
    private final UserNumbers users;
    private final MembershipStore memberships;
    private final RemoteMembers remote;

    public PresenceClient(
            Presence presence,
            UserNumbers users,
            MembershipStore memberships,
            RemoteMembers remote) {
        this.presence = presence;
        this.users = users;
        this.memberships = memberships;
        this.remote = remote;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/presence/{userId}/status")
                .spec("getPresence")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        long caller = call.caller().userNumber();
        // SECURITY: one answer for whoever is not there and for whom one shares no room with.
        UserId wanted = call.path("userId", UserId::parse);
        long user =
                users.find(wanted)
                        .filter(found -> found == caller || isKnownTo(caller, wanted, found))
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_FORBIDDEN,
                                        "You are not allowed to see their presence"));
        return Reply.json(presence.of(user).content(System.currentTimeMillis()));
    }

    private boolean isKnownTo(long caller, UserId user, long number) {
        return memberships.share(caller, number) || remote.share(caller, user);
    }
}
