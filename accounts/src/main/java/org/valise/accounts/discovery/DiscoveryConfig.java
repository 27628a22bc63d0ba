package org.valise.accounts.discovery;

import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.Optional;

/// What the server says of itself.
///
/// @param defaultRoomVersion what `/capabilities` says
/// @param client `/.well-known/matrix/client`, also told with a login; without it there is none
/// @param support `/.well-known/matrix/support`; without it there is none
public record DiscoveryConfig(
        RoomVersion defaultRoomVersion, Optional<JsonObject> client, Optional<JsonObject> support) {
    public static final DiscoveryConfig NONE =
            new DiscoveryConfig(RoomVersion.DEFAULT, Optional.empty(), Optional.empty());

    /// The same with the place where clients reach the server.
    public DiscoveryConfig withBaseUrl(String url) {
        JsonObject file = JsonObject.of("m.homeserver", JsonObject.of("base_url", url));
        return new DiscoveryConfig(defaultRoomVersion, Optional.of(file), support);
    }

    /// The same with another version for new rooms.
    public DiscoveryConfig withDefaultRoomVersion(RoomVersion other) {
        return new DiscoveryConfig(other, client, support);
    }

    /// The same saying whom to turn to, if the object says anything.
    public DiscoveryConfig withSupport(JsonObject other) {
        return new DiscoveryConfig(
                defaultRoomVersion, client, Optional.of(other).filter(file -> !file.isEmpty()));
    }
}
