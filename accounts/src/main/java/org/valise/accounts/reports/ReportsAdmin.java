package org.valise.accounts.reports;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// Lists what users have reported, the newest first: `from` (what `next` said) and `limit` (at most
/// 500).
public final class ReportsAdmin implements Endpoint {
    private static final long USUAL = 50;
    private static final long MOST = 500;

    private final Reports reports;

    public ReportsAdmin(Reports reports) {
        this.reports = reports;
    }

    @Override
    public Route route() {
        return Route.get("/_valise/admin/v1/reports")
                .extension("listReports")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.ADMIN);
    }

    @Override
    public Reply handle(Call call) {
        call.caller().requireAdministrator();
        long from = call.integerQuery("from").orElse(Long.MAX_VALUE);
        int limit = (int) Math.clamp(call.integerQuery("limit").orElse(USUAL), 1L, MOST);
        var newest = reports.newest(from, limit);
        var json =
                JsonObject.builder()
                        .put(
                                "reports",
                                JsonArray.of(
                                        newest.stream().map(ReportStore.Listed::json).toList()));
        if (newest.size() == limit) {
            json.put("next", newest.getLast().number());
        }
        return Reply.json(json.build());
    }
}
