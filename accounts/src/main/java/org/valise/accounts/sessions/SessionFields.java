package org.valise.accounts.sessions;

import org.valise.platform.http.Body;
import org.valise.protocol.id.DeviceId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// What `/login` and `/register` say about the session to be opened, and what they answer about it.
///
/// @param device the device the client wants to be; the server chooses one if it does not say
/// @param refreshable *If true, the client supports refresh tokens*
public record SessionFields(
        Optional<String> device, Optional<String> displayName, boolean refreshable) {
    public static SessionFields of(Body body) {
        return new SessionFields(
                body.optionalString("device_id", DeviceId::parse).map(DeviceId::value),
                body.optionalString("initial_device_display_name").map(DeviceName::checked),
                body.optionalBool("refresh_token").orElse(false));
    }

    /// *When registering a guest account, all parameters in the request body with the exception of
    /// `initial_device_display_name` MUST BE ignored by the server.*
    public static SessionFields ofGuest(Body body) {
        return new SessionFields(
                Optional.empty(),
                body.optionalString("initial_device_display_name").map(DeviceName::checked),
                false);
    }

    /// The common part of both answers.
    public static JsonObject reply(UserId user, Optional<OpenedSession> session) {
        var json = JsonObject.builder().put("user_id", user.value());
        session.ifPresent(opened -> opened.tellTokens(json).put("device_id", opened.deviceId()));
        return json.put("home_server", user.server().value()).build();
    }
}
