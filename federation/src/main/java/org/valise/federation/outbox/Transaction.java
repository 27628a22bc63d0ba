package org.valise.federation.outbox;

import org.valise.federation.outbox.OutgoingEduStore.StoredEdu;
import org.valise.federation.outbox.VolatileEdus.Offer;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// What is sent to a server at once.
///
/// Spec: server-server API, "Transactions": "The number of EDUs cannot exceed 100, and the number
/// of PDUs cannot exceed 50."
///
/// @param events those that are done with it, the receiver's own among them
/// @param pdus what is sent of them
record Transaction(
        List<OutgoingEvent> events,
        List<JsonObject> pdus,
        List<StoredEdu> rows,
        List<Offer> offers) {
    static final int MOST_PDUS = 50;
    static final int MOST_EDUS = 100;

    boolean isEmpty() {
        return pdus.isEmpty() && rows.isEmpty() && offers.isEmpty();
    }

    /// It follows from what is in it: what is sent again, because the answer was lost, is known to
    /// the receiver; and as nothing goes again that was delivered, an id never comes again with
    /// anything else.
    String id(ServerName destination) {
        StringBuilder all = new StringBuilder(destination.value());
        events.forEach(event -> all.append(" e").append(event.position()));
        rows.forEach(
                row -> all.append(" r").append(row.position()).append('.').append(row.number()));
        offers.forEach(offer -> all.append(" o").append(offer.number()));
        byte[] digest = sha256().digest(all.toString().getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// @param ts in milliseconds since 1970
    JsonObject body(ServerName origin, long ts) {
        List<JsonObject> edus = new ArrayList<>();
        rows.forEach(row -> edus.add(edu(row.type(), row.content())));
        offers.forEach(offer -> edus.add(edu(offer.type(), offer.content())));
        JsonObject.Builder body =
                JsonObject.builder()
                        .put("origin", origin.value())
                        .put("origin_server_ts", ts)
                        .put("pdus", JsonArray.of(pdus));
        return (edus.isEmpty() ? body : body.put("edus", JsonArray.of(edus))).build();
    }

    private static JsonObject edu(String type, JsonObject content) {
        return JsonObject.of("edu_type", type, "content", content);
    }
}
