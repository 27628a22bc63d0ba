/// What happened to accounts, as entries of the stream.
///
/// Tables owned: `accounts.change`. Start reading at [AccountChange]; [AccountCommits] is how it is
/// written. Invariant: whatever readers follow is written here and nowhere else, so that its
/// positions are given in commit order.
@NullMarked
package org.valise.accounts.changes;

import org.jspecify.annotations.NullMarked;
