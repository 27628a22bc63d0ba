/// What this node knows of each syncing user: which rooms, what changed lately, and whether to wake
/// up.
///
/// Spec: client-server API, "Syncing". Start reading at [UserView]. A sync that finds nothing new
/// asks the database nothing: the view knows which rooms changed since a position.
@NullMarked
package org.valise.sync.streams;

import org.jspecify.annotations.NullMarked;
