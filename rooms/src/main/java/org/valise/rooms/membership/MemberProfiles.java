package org.valise.rooms.membership;

import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.members.Membership;

import java.util.function.Function;

/// The content of member events: the membership with the user's profile.
public final class MemberProfiles {
    private final Function<UserId, JsonObject> profiles;

    /// @param profiles `displayname` and `avatar_url` of a local user, as far as they are set;
    ///   empty for anybody else
    public MemberProfiles(Function<UserId, JsonObject> profiles) {
        this.profiles = profiles;
    }

    public JsonObject content(UserId user, Membership membership) {
        return profiles.apply(user).with("membership", membership.word());
    }
}
