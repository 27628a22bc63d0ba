package org.valise.accounts.reports;

import org.valise.accounts.users.UserNumbers;
import org.valise.accounts.users.Users;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.UserId;

/// Reports a user. *Servers MUST NOT restrict user reports based on whether or not the reporting
/// user is joined to any rooms that the reported user is joined to.* Spec: client-server API, POST
/// /users/{userId}/report
public final class ReportUserClient implements Endpoint {
    private final Reports reports;
    private final Users users;
    private final UserNumbers numbers;

    public ReportUserClient(Reports reports, Users users, UserNumbers numbers) {
        this.reports = reports;
        this.users = users;
        this.numbers = numbers;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/users/{userId}/report")
                .spec("reportUser")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.REPORT);
    }

    @Override
    public Reply handle(Call call) {
        UserId user = call.path("userId", UserId::parse);
        String reason = Reports.checkedReason(call.body().string("reason"));
        // SECURITY: *Homeservers that wish to conceal this information MAY return 200 responses
        // regardless of the existence of the reported user.*
        boolean known =
                users.isLocal(user) ? users.find(user).isPresent() : numbers.find(user).isPresent();
        if (known) {
            reports.put(call.caller().userNumber(), new Report.OfUser(user), reason);
        }
        return Reply.empty();
    }
}
