package org.valise.rooms.handshake;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.rooms.timeline.StoredEvent;

/// Takes a join that another server has signed into its room, and tells that server all there is to
/// know of it. Spec: server-server API, `PUT /send_join/{roomId}/{eventId}`, v2.
final class SendJoinFederation implements Endpoint {
    private final SignedMemberships memberships;
    private final JoinAnswers answers;

    SendJoinFederation(SignedMemberships memberships, JoinAnswers answers) {
        this.memberships = memberships;
        this.answers = answers;
    }

    @Override
    public Route route() {
        return Route.put(Handshake.JOIN.sendPath() + "/{roomId}/{eventId}")
                .spec("sendJoinV2")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION_HEAVY);
    }

    @Override
    public Reply handle(Call call) {
        StoredEvent join = memberships.receive(Handshake.JOIN, call);
        boolean omitMembers = call.boolQuery("omit_members").orElse(false);
        return Reply.stream("application/json", answers.to(join, omitMembers), -1);
    }
}
