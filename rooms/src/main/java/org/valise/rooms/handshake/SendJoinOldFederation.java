package org.valise.rooms.handshake;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.rooms.timeline.StoredEvent;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

/// The first version of the operation, which older servers still use: its answer stands in an array
/// behind a status. It is no part of the specification any more.
final class SendJoinOldFederation implements Endpoint {
    private final SignedMemberships memberships;
    private final JoinAnswers answers;

    SendJoinOldFederation(SignedMemberships memberships, JoinAnswers answers) {
        this.memberships = memberships;
        this.answers = answers;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/federation/v1/send_join/{roomId}/{eventId}")
                .extension("sendJoinV1")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION_HEAVY);
    }

    @Override
    public Reply handle(Call call) {
        StoredEvent join = memberships.receive(Handshake.JOIN, call);
        List<InputStream> parts = List.of(bytes("[200,"), answers.to(join, false), bytes("]"));
        return Reply.stream(
                "application/json", new SequenceInputStream(Collections.enumeration(parts)), -1);
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
