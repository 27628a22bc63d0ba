package org.valise.accounts.sessions;

/// A session just opened, with the token that is told once and then forgotten.
public record OpenedSession(long number, String deviceId, String accessToken) {
    @Override
    public String toString() {
        return "OpenedSession[number=" + number + ", deviceId=" + deviceId + "]";
    }
}
