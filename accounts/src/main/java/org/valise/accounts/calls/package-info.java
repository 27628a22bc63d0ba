/// What clients need for calls.
///
/// Spec: client-server API, "Voice over IP". Start reading at [TurnServerClient].
@NullMarked
package org.valise.accounts.calls;

import org.jspecify.annotations.NullMarked;
