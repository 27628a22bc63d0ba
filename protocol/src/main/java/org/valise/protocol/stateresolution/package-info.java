/// Decides what the state of a room is where its history forks: state resolution versions 1, 2 and
/// 2.1 (specification: "Room versions", chapters 1, 2 and 12, "State resolution").
///
/// Start reading at [StateResolution]: one method for callers that hold whole state sets by event
/// id, one for callers that hold a room's [AuthGraph] and know where the state sets differ. Both
/// are *ask, load, decide*: they return either the state or the events they lack, and never fetch.
/// The algorithms are written once, over event numbers: [ResolutionV1] and [ResolutionV2] (2 and
/// 2.1).
///
/// Invariants: pure (no I/O, clock, randomness, threads); the result does not depend on the order
/// of the state sets; the oracle in the tests, a sentence-by-sentence reading of the specification,
/// agrees for every room version.
///
/// How the specification is read where servers in the field are known to do otherwise, so that
/// their state can differ from ours in rare forks:
/// - An event of a state is in that state's "full auth chain" only if another event cites it.
/// - The events that join a power event in the first list are all of its auth chain that is in the
///   full conflicted set, also where the way to them leads outside that set.
/// - An event that was rejected for the state before it is a candidate and can come into the state.
@NullMarked
package org.valise.protocol.stateresolution;

import org.jspecify.annotations.NullMarked;
