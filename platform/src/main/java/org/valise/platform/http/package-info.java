/// The one door for HTTP: endpoints declare what they are, the one pipeline enforces it, and
/// nothing above this package knows about Jetty.
///
/// Spec: client-server API, "API Standards" and "Web Browser Clients".
///
/// Start reading at [org.valise.platform.http.Endpoint] and [org.valise.platform.http.Route] (what
/// an endpoint declares), then `Pipeline` (what happens to a request, in order): match → size → IP
/// limit → authenticate → standing → caller limit → replay → decode → handle → encode → log.
///
/// Invariants: every answer, also one that Jetty itself makes, is JSON with an `errcode` if it is
/// an error, and carries the CORS headers; no query string, body or access token is ever logged; a
/// handler runs on a virtual thread and may block.
@NullMarked
package org.valise.platform.http;

import org.jspecify.annotations.NullMarked;
