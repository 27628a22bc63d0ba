/// The one order of everything a reader follows: ordered commits write, followers apply.
///
/// A writer hands an [OrderedUnit] to [OrderedCommits], which writes everything queued, from all
/// rooms, in one transaction and gives each visible change a position. [Stream] then applies the
/// changes, in order and without holes, to this node's memory ([StreamFollower]); changes of other
/// nodes are read from the database by the modules' [ChangeReader]s. A wake-up carries a position
/// only. Whoever must know that it is written before going on hands over a [WaitingUnit].
///
/// Beside it stands the small order of what is not kept ([EphemeralOrder]: typing, presence): the
/// newest value of each key, no fsync, shared by all nodes.
///
/// Start reading at [OrderedCommits]. Tables owned: `stream.commit`, `stream.ephemeral`.
/// Invariants: positions are given in commit order, so whoever can see a position can see all
/// before it; a position a reader has seen is never given again; nothing is acknowledged before it
/// is committed and applied here.
@NullMarked
package org.valise.platform.stream;

import org.jspecify.annotations.NullMarked;
