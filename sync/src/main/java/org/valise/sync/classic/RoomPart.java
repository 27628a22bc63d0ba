package org.valise.sync.classic;

import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.rendering.JsonBuffer;

import java.util.function.Function;

/// A room of a response that is still to be rendered: what is bundled with its events is loaded for
/// all rooms at once.
///
/// @param render makes the room's JSON
record RoomPart(RoomTimeline timeline, Function<Bundles, JsonBuffer> render) {}
