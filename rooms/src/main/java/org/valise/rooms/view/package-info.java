/// What readers need of a room, in memory: its newest events and its state at each of their
/// positions.
///
/// Spec: client-server API, "Syncing". Views are loaded on demand, kept up to date by following the
/// stream, and evicted by weight, so idle rooms cost nothing. Start reading at [RoomView].
///
/// Invariant: a view that [RoomViews#get] returned holds every change up to the stream's applied
/// position at that moment. It may hold later ones; readers say as of which position they ask.
@NullMarked
package org.valise.rooms.view;

import org.jspecify.annotations.NullMarked;
