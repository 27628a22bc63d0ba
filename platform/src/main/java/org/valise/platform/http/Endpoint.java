package org.valise.platform.http;

/// One operation: what it is and what guards it ([#route()]), and what it does ([#handle(Call)]).
///
/// One class an operation, beside the data it serves; the audience is in its name
/// (`JoinRoomClient`, `MakeJoinFederation`, `ForceJoinAdmin`).
///
/// ```java
/// final class SendEventClient implements Endpoint {
///     public Route route() {
///         return Route.put("/_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}")
///                 .spec("sendMessage").auth(ACCESS_TOKEN).standing(ACTIVE).limit(SEND_EVENT)
///                 .replay(TRANSACTION).legacy().guests();
///     }
///     public Reply handle(Call call) {
///         var id = sender.send(call.caller(), call.path("roomId", RoomId::parse), call.path("eventType"),
///                 call.jsonBody(), call.transaction());
///         return Reply.json(JsonObject.of("event_id", id.value()));
///     }
/// }
/// ```
public interface Endpoint {
    Route route();

    /// Runs on a virtual thread of its own: it may block, also for as long as a long poll lasts.
    ///
    /// A [org.valise.protocol.error.MatrixException] becomes its JSON; anything else a 500 that is
    /// logged once.
    Reply handle(Call call) throws Exception;
}
