package org.valise.federation.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Path and query of a request to another server, put together from parts that may hold anything.
public final class FederationUri {
    private final StringBuilder uri;
    private char separator = '?';

    private FederationUri(String prefix) {
        this.uri = new StringBuilder(prefix);
    }

    /// @param prefix the path's beginning, as it is
    /// @param segments of the path after it
    public static FederationUri of(String prefix, String... segments) {
        FederationUri made = new FederationUri(prefix);
        for (String segment : segments) {
            made.uri.append('/').append(encoded(segment));
        }
        return made;
    }

    public FederationUri query(String name, String value) {
        uri.append(separator).append(name).append('=').append(encoded(value));
        separator = '&';
        return this;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
