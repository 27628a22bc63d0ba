package org.valise.protocol.filter;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// What a client wants of `/sync`. Spec: `Filter`.
public final class Filter {
    /// SECURITY: filters are stored for good.
    static final int MAX_LENGTH = 64 << 10;

    static final int MAX_FIELDS = 200;

    /// No filter.
    public static final Filter NONE = parse(JsonObject.of());

    /// Whether events are sent as clients know them, or "the raw event as received over
    /// federation".
    public enum EventFormat {
        CLIENT,
        FEDERATION
    }

    private final JsonObject json;
    private final EventProjection eventFields;
    private final EventFormat eventFormat;
    private final EventFilter presence;
    private final EventFilter accountData;
    private final RoomFilter room;

    private Filter(JsonObject json) {
        FilterReader reader = new FilterReader(json, "");
        this.json = json;
        List<String> fields = reader.texts("event_fields");
        if (fields != null && fields.size() > MAX_FIELDS) {
            throw reader.invalid(
                    "event_fields", "must not have more than " + MAX_FIELDS + " entries");
        }
        this.eventFields = fields == null ? EventProjection.ALL : EventProjection.of(fields);
        this.eventFormat = eventFormat(reader);
        this.presence = EventFilter.of(reader.object("presence"));
        this.accountData = EventFilter.of(reader.object("account_data"));
        this.room = RoomFilter.of(reader.object("room"));
    }

    /// @throws org.valise.protocol.error.MatrixException when it is no filter
    public static Filter parse(JsonObject json) {
        if (json.toString().length() > MAX_LENGTH) {
            throw new MatrixException(
                    ErrorCode.M_TOO_LARGE,
                    "A filter must not be larger than " + MAX_LENGTH + " characters.");
        }
        return new Filter(json);
    }

    private static EventFormat eventFormat(FilterReader reader) {
        String format = reader.optionalText("event_format");
        return switch (format) {
            case null -> EventFormat.CLIENT;
            case "client" -> EventFormat.CLIENT;
            case "federation" -> EventFormat.FEDERATION;
            default -> throw reader.invalid("event_format", "must be 'client' or 'federation'");
        };
    }

    /// The filter as the client defined it.
    public JsonObject json() {
        return json;
    }

    public EventProjection eventFields() {
        return eventFields;
    }

    public EventFormat eventFormat() {
        return eventFormat;
    }

    public EventFilter presence() {
        return presence;
    }

    public EventFilter accountData() {
        return accountData;
    }

    public RoomFilter room() {
        return room;
    }
}
