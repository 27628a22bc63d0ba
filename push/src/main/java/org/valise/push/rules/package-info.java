/// Stores, caches and serves what users changed of the server's push rules.
///
/// Spec: client-server API, "Push Rules: API" and "Push Rules: Events". Start with [PushRules]; the
/// endpoints are the classes that end in `Client`. Table owned: `push.rules`.
///
/// Invariants: only what differs from the server's defaults is stored; each change has a position
/// of its own in the stream and is made from the version before it; what [PushRules] answers is
/// never older than what this node has applied.
@NullMarked
package org.valise.push.rules;

import org.jspecify.annotations.NullMarked;
