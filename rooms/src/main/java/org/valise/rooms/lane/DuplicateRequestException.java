package org.valise.rooms.lane;

import java.io.Serial;

/// The same device has sent a request with the same transaction id before.
public final class DuplicateRequestException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    DuplicateRequestException() {
        super("a request with this transaction id was written before", null, false, false);
    }
}
