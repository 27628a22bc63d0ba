/// Decides, purely, whether an event notifies a user and how, and edits the user's rules.
///
/// Spec: client-server API, "Push notifications" (push rules, actions, conditions, predefined
/// rules).
///
/// Start with [PushRuleSet] (a user's rules: the server's defaults with the user's changes on top,
/// compiled once), then [PushEvaluator] (one event, many users). [PushRuleEditor] makes the changes
/// that the client API asks for.
///
/// Invariants: nothing here costs more than linear time in the size of what a stranger sent; a set
/// of rules never throws on an event, however odd; what a user did not change follows the server's
/// defaults, also the defaults of a later release.
@NullMarked
package org.valise.protocol.pushrules;

import org.jspecify.annotations.NullMarked;
