package org.valise.platform.outbound;

import org.eclipse.jetty.client.Response;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// An answer whose body is still coming. It is read inside [Outbound#exchange], and not after.
public final class OutboundResponse {
    private final Response response;
    private final InputStream body;

    OutboundResponse(Response response, InputStream body) {
        this.response = response;
        this.body = body;
    }

    public int status() {
        return response.getStatus();
    }

    /// The first header of that name.
    public Optional<String> header(String name) {
        return Optional.ofNullable(response.getHeaders().get(name));
    }

    /// The body; reading fails with an [OutboundException] where it is too large or too slow.
    public InputStream body() {
        return body;
    }

    /// The whole body.
    public byte[] bytes() throws IOException {
        return body.readAllBytes();
    }
}
