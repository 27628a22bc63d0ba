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
@NullMarked
package org.valise.protocol.stateresolution;

import org.jspecify.annotations.NullMarked;
