package org.valise.devices.backup;

import org.valise.platform.http.Body;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.json.Unicode;
import org.valise.rooms.rendering.JsonBuffer;

import java.util.ArrayList;
import java.util.List;

/// The key of one session, encrypted by the client. Spec: client-server API, `KeyBackupData`.
record BackedUpKey(
        String room,
        String session,
        long firstMessageIndex,
        long forwardedCount,
        boolean verified,
        String sessionData) {
    private static final int MOST_ID_BYTES = 255;
    private static final int MOST_DATA_CHARS = 65_536;

    /// The keys in `rooms`.
    ///
    /// @throws MatrixException 400 for another shape
    static List<BackedUpKey> inRooms(JsonObject rooms) {
        List<BackedUpKey> keys = new ArrayList<>();
        rooms.forEach((room, value) -> keys.addAll(inRoom(room, object(value))));
        return keys;
    }

    /// The keys in `sessions` of a room.
    static List<BackedUpKey> inRoom(String room, JsonObject backup) {
        List<BackedUpKey> keys = new ArrayList<>();
        Body.of(backup)
                .object("sessions")
                .forEach((session, value) -> keys.add(of(room, session, object(value))));
        return keys;
    }

    static BackedUpKey of(String room, String session, JsonObject key) {
        Body fields = Body.of(key);
        String data = fields.object("session_data").toString();
        if (data.length() > MOST_DATA_CHARS) {
            throw new MatrixException(ErrorCode.M_TOO_LARGE, "A key's session_data is too large");
        }
        return new BackedUpKey(
                id(room),
                id(session),
                fields.integer("first_message_index"),
                fields.integer("forwarded_count"),
                fields.bool("is_verified"),
                data);
    }

    /// An id that names a row: any text, of a bounded length.
    static String id(String text) {
        if (text.isEmpty()
                || text.length() > MOST_ID_BYTES
                || !Unicode.isWellFormed(text)
                || Unicode.utf8Length(text) > MOST_ID_BYTES
                || text.indexOf('\0') >= 0) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Not a room or session ID");
        }
        return text;
    }

    /// Appends it as clients see it.
    void render(JsonBuffer out) {
        out.ascii("{\"first_message_index\":").number(firstMessageIndex);
        out.ascii(",\"forwarded_count\":").number(forwardedCount);
        out.ascii(",\"is_verified\":").ascii(Boolean.toString(verified));
        out.ascii(",\"session_data\":").utf8(sessionData).ascii("}");
    }

    private static JsonObject object(JsonValue value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new MatrixException(ErrorCode.M_BAD_JSON, "Rooms and keys must be objects");
    }
}
