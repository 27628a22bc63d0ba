/// What clients keep on the server for their user.
///
/// Spec: client-server API, "Client Config". Tables owned: `accounts.account_data`. Start reading
/// at [AccountData].
@NullMarked
package org.valise.accounts.accountdata;

import org.jspecify.annotations.NullMarked;
