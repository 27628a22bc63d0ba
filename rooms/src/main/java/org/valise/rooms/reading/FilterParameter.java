package org.valise.rooms.reading;

import org.valise.platform.http.Call;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;

/// The query parameters that `/messages` and `/context` share.
final class FilterParameter {
    private FilterParameter() {}

    static RoomEventFilter read(Call call) {
        try {
            return call.query("filter")
                    .map(text -> RoomEventFilter.parse(Json.parseObject(text)))
                    .orElse(RoomEventFilter.ALL);
        } catch (JsonException e) {
            throw new MatrixException(ErrorCode.M_NOT_JSON, "The filter is not JSON");
        }
    }

    /// @throws MatrixException `M_INVALID_PARAM` for a negative one
    static int limit(Call call, int unspecified, int least, int most) {
        long limit = call.integerQuery("limit").orElse((long) unspecified);
        if (limit < 0) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "limit must not be negative");
        }
        return Math.clamp(limit, least, most);
    }
}
