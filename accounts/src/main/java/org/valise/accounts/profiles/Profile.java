package org.valise.accounts.profiles;

import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// What a user says about themselves.
///
/// @param fields all of it, as `/profile/{userId}` shows it
public record Profile(JsonObject fields) {
    public static final Profile EMPTY = new Profile(JsonObject.of());

    public Optional<String> displayName() {
        return fields.string(ProfileRules.DISPLAY_NAME);
    }

    public Optional<String> avatarUrl() {
        return fields.string(ProfileRules.AVATAR_URL);
    }

    /// What goes into the user's member events.
    public JsonObject memberFields() {
        JsonObject.Builder member = JsonObject.builder();
        displayName().ifPresent(name -> member.put(ProfileRules.DISPLAY_NAME, name));
        avatarUrl().ifPresent(url -> member.put(ProfileRules.AVATAR_URL, url));
        return member.build();
    }
}
