package org.valise.federation.inbound;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.List;

/// Receives a transaction. Spec: server-server API, `PUT /send/{txnId}`.
public final class SendTransactionFederation implements Endpoint {
    private static final int MOST_PDUS = 50;
    private static final int MOST_EDUS = 100;
    private static final int LONGEST_ID = 255;
    private static final long MOST_BYTES = 8L << 20;

    private final Inbox inbox;

    SendTransactionFederation(Inbox inbox) {
        this.inbox = inbox;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/federation/v1/send/{txnId}")
                .spec("sendTransaction")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION)
                .maxBody(MOST_BYTES);
    }

    @Override
    public Reply handle(Call call) {
        String transaction = call.path("txnId", SendTransactionFederation::transactionId);
        Body body = call.body();
        List<JsonObject> pdus = objects(body, "pdus", MOST_PDUS);
        List<JsonObject> edus = objects(body, "edus", MOST_EDUS);
        return Reply.json(
                JsonObject.of("pdus", inbox.receive(call.origin(), transaction, pdus, edus)));
    }

    private static String transactionId(String text) {
        if (text.length() > LONGEST_ID || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("at most " + LONGEST_ID + " characters, no NUL");
        }
        return text;
    }

    /// What is no object is no PDU or EDU, and dropped.
    private static List<JsonObject> objects(Body body, String field, int most) {
        List<JsonValue> given =
                body.optionalArray(field).map(array -> array.values()).orElse(List.of());
        // "Transactions are limited in size; they can have at most 50 PDUs and 100 EDUs."
        if (given.size() > most) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM, "At most " + most + " " + field + " at once");
        }
        return given.stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .toList();
    }
}
