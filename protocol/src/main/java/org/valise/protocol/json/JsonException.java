package org.valise.protocol.json;

/// The bytes are not the JSON that was asked for, or the value has no such encoding.
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int position;

    public JsonException(String message, int position) {
        // Thrown at the rate at which strangers send nonsense: without the cost of a stack trace.
        super(position < 0 ? message : message + " at byte " + position, null, false, false);
        this.position = position;
    }

    /// The byte at which parsing stopped; -1 when the fault is not in bytes.
    public int position() {
        return position;
    }
}
