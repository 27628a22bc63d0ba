/// What this server sends to others by itself: events, and what goes beside them.
///
/// Spec: server-server API, "Transactions", "PDUs", "EDUs". Start reading at [Outbox]; for each
/// other server there is a [Destination], which holds how far that server has got, and a
/// [Deliveries] that makes the next transaction.
///
/// What a server lacks follows from the rooms ([EventSource]): while it answers, it is handed new
/// events as they come; when it was away, the newest of each room. Rows are written only for what
/// does not follow from anything: [OutgoingEdus#addTo]; how many wait for a server that stays away
/// is bounded by [UnsentLimits].
///
/// Tables owned: `federation.destination`, `federation.outgoing_edu`. Invariants: one transaction
/// to a server at a time, and only one node of several sends; what is in memory for a server that
/// does not answer is bounded; everything that concerns a server up to its position was delivered.
@NullMarked
package org.valise.federation.outbox;

import org.jspecify.annotations.NullMarked;
