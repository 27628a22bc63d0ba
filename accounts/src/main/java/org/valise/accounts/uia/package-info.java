/// User-interactive authentication, for any operation that wants proof of its user's will.
///
/// Spec: client-server API, "User-Interactive Authentication API". Tables owned:
/// `accounts.uia_session`. Start reading at [Uia].
@NullMarked
package org.valise.accounts.uia;

import org.jspecify.annotations.NullMarked;
