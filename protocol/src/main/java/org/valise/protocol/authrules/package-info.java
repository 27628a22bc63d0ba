/// Decides whether an event is allowed by the authorization rules of its room's version (1–12).
///
/// Specification: `rooms/v1` … `rooms/v12`, "Authorization rules"; server-server API, "Auth events
/// selection".
///
/// Start reading at [AuthRules]: it follows the specification's list from top to bottom and hands
/// `m.room.member` and `m.room.power_levels` to a class each. Every line of the list has a value in
/// [AuthRule]; every verdict names the line that made it. Versions differ by named tweaks of the
/// room version, never by number.
///
/// Invariants: pure (no clock, randomness, I/O or thread); never throws, whatever the event and the
/// state contain; reads no state but what [AuthRules#needs] names.
@NullMarked
package org.valise.protocol.authrules;

import org.jspecify.annotations.NullMarked;
