package org.valise.accounts.sessions;

import org.valise.platform.http.Body;
import org.valise.protocol.id.DeviceId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// What `/login` and `/register` say about the session to be opened, and what they answer about it.
///
/// @param device the device the client wants to be; the server chooses one if it does not say
public record SessionFields(Optional<String> device, Optional<String> displayName) {
    public static SessionFields of(Body body) {
        body.optionalBool(
                "refresh_token"); // refused if it is none; access tokens do not expire yet
        return new SessionFields(
                body.optionalString("device_id", DeviceId::parse).map(DeviceId::value),
                body.optionalString("initial_device_display_name").map(DeviceName::checked));
    }

    /// The common part of both answers.
    public static JsonObject reply(UserId user, Optional<OpenedSession> session) {
        var json = JsonObject.builder().put("user_id", user.value());
        session.ifPresent(opened ->
                json.put("access_token", opened.accessToken()).put("device_id", opened.deviceId()));
        return json.put("home_server", user.server().value()).build();
    }
}
