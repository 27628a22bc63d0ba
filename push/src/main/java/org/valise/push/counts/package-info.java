/// How many unread notifications and highlights a user has in a room, in its main timeline and in
/// each of its threads.
///
/// Spec: client-server API, "Receiving notifications", "Marking notifications as read", "Threaded
/// read receipts".
///
/// Start with [UnreadCounter] (the pure core: one user in one room, advanced by events and
/// receipts), then [UnreadCounts] (keeps counters and feeds them from [UnreadEvents]).
///
/// Invariants: counts are a function of the user's rules, the receipts and the events, so that any
/// of them can be thrown away and counted again; own messages never count; an event and its edits
/// count once.
@NullMarked
package org.valise.push.counts;

import org.jspecify.annotations.NullMarked;
