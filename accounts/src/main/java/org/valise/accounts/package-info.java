/// Accounts: users, sessions, registration, authentication, profiles, account data.
///
/// Spec: client-server API, "Client Authentication", "User Data". Start reading at [Accounts],
/// which says what there is and wires it. Schema owned: `accounts`; what others may read is in
/// `accounts_read`.
@NullMarked
package org.valise.accounts;

import org.jspecify.annotations.NullMarked;
