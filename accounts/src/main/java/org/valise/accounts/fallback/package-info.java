/// Web pages for clients that do not know how to do it themselves.
///
/// Spec: client-server API, User-Interactive Authentication API, "Fallback"; "Login Fallback".
/// Start reading at [StageFallbackClient]. Invariants: a page loads nothing but the scripts and
/// styles of this package, shows nothing of what stands in its address, and cannot be framed.
@NullMarked
package org.valise.accounts.fallback;

import org.jspecify.annotations.NullMarked;
