package org.valise.rooms.handshake;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.membership.RestrictedJoins;
import org.valise.rooms.membership.Vouching;
import org.valise.rooms.timeline.RoomRef;

import java.util.List;

/// Tells other servers what the member events of their users would have to be.
public final class MembershipTemplates {
    private final OpenRooms rooms;
    private final Lanes lanes;
    private final RestrictedJoins restricted;

    MembershipTemplates(OpenRooms rooms, Lanes lanes, RestrictedJoins restricted) {
        this.rooms = rooms;
        this.lanes = lanes;
        this.restricted = restricted;
    }

    /// @param origin the server that asks
    /// @param versions the room versions it knows; null if it is not to be asked
    /// @throws MatrixException if the room or its rules refuse it
    JsonObject template(
            Handshake handshake,
            ServerName origin,
            RoomId id,
            UserId user,
            List<String> versions,
            long now) {
        if (!user.server().equals(origin)) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, user + " is not of your server");
        }
        RoomRef room = rooms.room(id, origin);
        String version = room.version().id();
        if (handshake != Handshake.LEAVE && !versions.contains(version)) {
            throw new MatrixException(
                            ErrorCode.M_INCOMPATIBLE_ROOM_VERSION,
                            "Your server does not know the room's version " + version)
                    .with("room_version", version);
        }
        if (handshake == Handshake.KNOCK && !room.version().has(Tweak.KNOCKING)) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, "Nobody knocks at such a room");
        }
        JsonObject event =
                lanes.write(
                        room,
                        writer ->
                                writer.template(
                                        Draft.state(
                                                EventTypes.MEMBER,
                                                user.value(),
                                                user,
                                                content(handshake, writer, user),
                                                now)));
        return JsonObject.of("room_version", version, "event", event);
    }

    private JsonObject content(Handshake handshake, RoomWriter writer, UserId user) {
        JsonObject content = JsonObject.of("membership", handshake.membership().word());
        return handshake == Handshake.JOIN
                ? vouched(restricted.vouch(writer, user), content)
                : content;
    }

    /// The content of a join, with whoever vouches for it.
    ///
    /// @throws MatrixException if somebody must, and nobody here can
    static JsonObject vouched(Vouching vouching, JsonObject content) {
        return switch (vouching) {
            case Vouching.Needless _ -> content;
            case Vouching.By(UserId member) ->
                    content.with("join_authorised_via_users_server", member.value());
            case Vouching.Powerless _ ->
                    throw new MatrixException(
                            ErrorCode.M_UNABLE_TO_GRANT_JOIN,
                            "Nobody of this server may let anybody into the room");
            case Vouching.Unknown _ ->
                    throw new MatrixException(
                            ErrorCode.M_UNABLE_TO_AUTHORISE_JOIN,
                            "This server is not in the rooms whose members may join");
            case Vouching.Refused _ ->
                    throw new MatrixException(
                            ErrorCode.M_FORBIDDEN,
                            "The user is in none of the rooms whose members may join");
        };
    }
}
