package org.valise.rooms.userdirectory;

import org.valise.accounts.profiles.Profile;
import org.valise.accounts.profiles.Profiles;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Searches for people. Spec: client-server API, POST /user_directory/search
public final class SearchUserDirectoryClient implements Endpoint {
    private static final long USUAL = 10;
    private static final long MOST = 50;

    private final UserDirectory directory;
    private final UserDirectoryConfig config;
    private final Profiles profiles;
    private final UserNumbers numbers;

    public SearchUserDirectoryClient(
            UserDirectory directory,
            UserDirectoryConfig config,
            Profiles profiles,
            UserNumbers numbers) {
        this.directory = directory;
        this.config = config;
        this.profiles = profiles;
        this.numbers = numbers;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/user_directory/search")
                .spec("searchUserDirectory")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.SEARCH)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        String term = body.string("search_term");
        int limit = (int) Math.clamp(body.optionalInteger("limit").orElse(USUAL), 1L, MOST);
        List<Long> found =
                config.enabled()
                        ? directory.search(
                                call.caller().userNumber(), term, config.everybody(), limit + 1)
                        : List.of();
        List<Long> shown = found.subList(0, Math.min(limit, found.size()));
        return Reply.json(
                JsonObject.of("results", results(shown), "limited", found.size() > limit));
    }

    private JsonArray results(List<Long> users) {
        var ids = numbers.users(users);
        Map<Long, Profile> said = profiles.of(users);
        var results = new ArrayList<JsonObject>();
        for (Long user : users) {
            Profile profile = said.getOrDefault(user, Profile.EMPTY);
            results.add(
                    JsonObject.builder()
                            .put("user_id", Objects.requireNonNull(ids.get(user)).value())
                            .putIfPresent("display_name", profile.displayName().orElse(null))
                            .putIfPresent("avatar_url", profile.avatarUrl().orElse(null))
                            .build());
        }
        return JsonArray.of(results);
    }
}
