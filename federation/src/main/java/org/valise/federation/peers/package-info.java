/// Who may federate: lists of allowed and denied servers, changed at run time.
///
/// Spec: none; private federations are what this server is for. Start reading at [Peers]. Tables
/// owned: `federation.peer_rules`, `federation.peer_rule_changes`. Invariants: a denial goes before
/// a permission, and without a permission nobody federates; a change holds on all nodes at once.
@NullMarked
package org.valise.federation.peers;

import org.jspecify.annotations.NullMarked;
