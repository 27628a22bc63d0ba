package org.valise.accounts.sessions;

import org.valise.protocol.json.JsonObject;

/// A session just opened or refreshed, with the tokens that are told once and then forgotten.
public final class OpenedSession {
    private final long number;
    private final String deviceId;
    private final SessionTokens tokens;

    OpenedSession(long number, String deviceId, SessionTokens tokens) {
        this.number = number;
        this.deviceId = deviceId;
        this.tokens = tokens;
    }

    public long number() {
        return number;
    }

    public String deviceId() {
        return deviceId;
    }

    public String accessToken() {
        return tokens.access().value();
    }

    /// What `/login`, `/register` and `/refresh` say of the tokens.
    JsonObject.Builder tellTokens(JsonObject.Builder json) {
        json.put("access_token", accessToken());
        var refresh = tokens.refresh();
        if (refresh != null) {
            json.put("refresh_token", refresh.value());
        }
        var lifetime = tokens.lifetime();
        if (lifetime != null) {
            json.put("expires_in_ms", lifetime.toMillis());
        }
        return json;
    }

    @Override
    public String toString() {
        return "OpenedSession[number=" + number + ", deviceId=" + deviceId + "]";
    }
}
