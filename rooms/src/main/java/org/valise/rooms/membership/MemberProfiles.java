package org.valise.rooms.membership;

import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.members.Membership;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/// The content of member events: the membership with the user's profile.
public final class MemberProfiles {
    private static final List<String> PROFILE = List.of("displayname", "avatar_url");

    private final Function<UserId, JsonObject> profiles;

    /// @param profiles `displayname` and `avatar_url` of a local user, as far as they are set;
    ///   empty for anybody else
    public MemberProfiles(Function<UserId, JsonObject> profiles) {
        this.profiles = profiles;
    }

    public JsonObject content(UserId user, Membership membership) {
        return profiles.apply(user).with("membership", membership.word());
    }

    /// The content of a member event with the present profile in place of the former one. What was
    /// said about the former change does not hold for this one.
    JsonObject renewed(UserId user, JsonObject content) {
        JsonObject profile = profiles.apply(user);
        JsonObject renewed = content;
        for (String field : PROFILE) {
            if (!profile.has(field)) {
                renewed = renewed.without(field);
            } else if (!Objects.equals(profile.get(field), renewed.get(field))) {
                renewed = renewed.with(field, profile.get(field));
            }
        }
        return renewed.equals(content)
                ? content
                : renewed.without("reason", "join_authorised_via_users_server", "is_direct");
    }
}
