package org.valise.server;

import org.valise.platform.http.Authenticator;
import org.valise.platform.http.Caller;
import org.valise.platform.http.IdentityAssertion;
import org.valise.platform.stream.Freshness;

/// Lets nobody in before this node knows what the other nodes had acknowledged when the request
/// came: above all which sessions are revoked.
record SharedDatabaseAuthenticator(Freshness freshness, Authenticator sessions)
        implements Authenticator {
    @Override
    public Caller authenticate(String accessToken) {
        freshness.await();
        return sessions.authenticate(accessToken);
    }

    @Override
    public Caller authenticate(String accessToken, IdentityAssertion assertion) {
        freshness.await();
        return sessions.authenticate(accessToken, assertion);
    }

    @Override
    public void seen(Caller caller, String ip, String userAgent) {
        sessions.seen(caller, ip, userAgent);
    }
}
