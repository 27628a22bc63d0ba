package org.valise.accounts.accountdata;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.nio.charset.StandardCharsets;

/// The content of `m.tag`, account data of a room. Spec: client-server API, "Room Tagging".
final class RoomTags {
    static final String TYPE = "m.tag";
    static final String TAGS = "tags";

    private static final String ORDER = "order";
    private static final int TAG_BYTES = 255;
    private static final int MOST = 100;

    private RoomTags() {}

    static JsonObject of(JsonObject content) {
        return content.object(TAGS).orElse(JsonObject.of());
    }

    static JsonObject with(JsonObject content, String tag, JsonObject value) {
        JsonObject tags = of(content).with(tag, value);
        if (tags.size() > MOST) {
            throw new MatrixException(ErrorCode.M_TOO_LARGE, "A room has at most " + MOST + " tags")
                    .status(400);
        }
        return content.with(TAGS, tags);
    }

    static JsonObject without(JsonObject content, String tag) {
        return of(content).has(tag) ? content.with(TAGS, of(content).without(tag)) : content;
    }

    /// *The name of a tag MUST NOT exceed 255 bytes.*
    static String checked(String tag) {
        if (tag.isEmpty() || tag.getBytes(StandardCharsets.UTF_8).length > TAG_BYTES) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM, "A tag has 1 to " + TAG_BYTES + " bytes");
        }
        return tag;
    }

    /// *Ordering information is given under the `order` key as a number between 0 and 1.*
    static void checkOrder(JsonObject value) {
        JsonValue order = value.get(ORDER);
        if (order != null && !(order instanceof JsonNumber)) {
            throw new MatrixException(ErrorCode.M_BAD_JSON, "order is not a number");
        }
    }
}
