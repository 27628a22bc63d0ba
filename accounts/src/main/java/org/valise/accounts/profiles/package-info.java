/// What users say about themselves.
///
/// Spec: client-server API, "Profiles". Tables owned: `accounts.profile_field`. Start reading at
/// [Profiles].
@NullMarked
package org.valise.accounts.profiles;

import org.jspecify.annotations.NullMarked;
