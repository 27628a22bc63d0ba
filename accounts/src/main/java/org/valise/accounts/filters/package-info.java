/// Filters that clients have stored.
///
/// Spec: client-server API, "Filtering". Tables owned: `accounts.filter`. Start reading at
/// [Filters].
@NullMarked
package org.valise.accounts.filters;

import org.jspecify.annotations.NullMarked;
