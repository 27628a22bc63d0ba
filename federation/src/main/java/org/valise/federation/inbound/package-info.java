/// What other servers send in transactions: kept as it came, answered, and worked off by room.
///
/// Spec: server-server API, "Transactions", "EDUs". Start reading at [Inbox]. Tables owned:
/// `federation.inbox`, `federation.received_transaction`. Invariants: what was answered is worked
/// off, also after a crash, at least once and by one node at a time; what a server sends in one
/// room, and its EDUs, are worked off in the order in which they came, as far as nothing is
/// missing, and somebody here is in the room; a server has a bounded part of the inbox.
@NullMarked
package org.valise.federation.inbound;

import org.jspecify.annotations.NullMarked;
