/// What administrators of this server do about accounts.
///
/// Spec: client-server API, "Server Administration", "Account locking", "Account suspension". Start
/// reading at [ModeratedAccounts].
@NullMarked
package org.valise.accounts.administration;

import org.jspecify.annotations.NullMarked;
