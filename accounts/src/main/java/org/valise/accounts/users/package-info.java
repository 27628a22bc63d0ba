/// The users of this server and the numbers of everybody's user ids; passwords.
///
/// Spec: client-server API, "Password management", "Identifier types"; appendices, "User
/// Identifiers". Tables owned: `accounts.user_number`, `accounts.account`. Start reading at
/// [UserNumbers] and [Users].
@NullMarked
package org.valise.accounts.users;

import org.jspecify.annotations.NullMarked;
