package org.valise.platform.http;

/// An endpoint as the server holds it: what it declared, asked once.
record Operation(Endpoint endpoint, Route route) {
    static Operation of(Endpoint endpoint) {
        return new Operation(endpoint, endpoint.route());
    }
}
