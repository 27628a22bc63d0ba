package org.valise.federation.keys;

/// The database belongs to a server of another name. A server's name stands in every user id and
/// event it ever made: it cannot change.
public final class ForeignDatabase extends RuntimeException {
    private static final long serialVersionUID = 1;

    ForeignDatabase(String owner, String asked) {
        super(
                "this database belongs to the server \"%s\" and cannot be served as \"%s\": a server name never changes. Set server_name to \"%s\", or use another database or data folder."
                        .formatted(owner, asked, owner));
    }
}
