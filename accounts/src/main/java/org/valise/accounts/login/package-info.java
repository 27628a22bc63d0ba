/// Logging in, and changing what one logs in with.
///
/// Spec: client-server API, "Login", "Password management". Start reading at [LoginClient].
@NullMarked
package org.valise.accounts.login;

import org.jspecify.annotations.NullMarked;
