package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.reading.Readable;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;

/// Puts a room into the directory, or takes it out. Spec: client-server API, `PUT
/// /directory/list/room/{roomId}`.
public final class SetRoomVisibilityClient implements Endpoint {
    private final RoomAccess access;
    private final RoomStore rooms;
    private final RoomDirectory directory;
    private final DirectoryRights rights;

    SetRoomVisibilityClient(
            RoomAccess access, RoomStore rooms, RoomDirectory directory, DirectoryRights rights) {
        this.access = access;
        this.rooms = rooms;
        this.directory = directory;
        this.rights = rights;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/directory/list/room/{roomId}")
                .spec("setRoomVisibilityOnDirectory")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.DIRECTORY)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        String visibility = call.bodyOrEmpty().optionalString("visibility").orElse("public");
        if (!visibility.equals("public") && !visibility.equals("private")) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM, "visibility must be public or private");
        }
        RoomRef room = permitted(call.caller(), call.path("roomId", RoomId::parse));
        if (visibility.equals("public")) {
            directory.publish(room.number());
        } else {
            directory.withdraw(room.number());
        }
        return Reply.empty();
    }

    private RoomRef permitted(Caller caller, RoomId id) {
        if (caller.admin()) {
            return rooms.find(id).orElseThrow(SetRoomVisibilityClient::unknown);
        }
        Readable room;
        try {
            room = access.joined(caller, id);
        } catch (MatrixException notInRoom) {
            // SECURITY: who is not in the room is told the same whether it exists or not.
            throw unknown();
        }
        if (!rights.has(caller, room)) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "You may not set the canonical alias of the room");
        }
        return room.room();
    }

    private static MatrixException unknown() {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "Room not found");
    }
}
