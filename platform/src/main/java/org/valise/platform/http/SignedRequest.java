package org.valise.platform.http;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// What an `X-Matrix` signature covers. Spec: server-server API, "Request Authentication".
///
/// @param uri path and query exactly as they were sent, still encoded
/// @param authorization the `Authorization` headers, of which there may be several
/// @param content the body, absent if there was none
public record SignedRequest(
        String method, String uri, List<String> authorization, @Nullable JsonObject content) {}
