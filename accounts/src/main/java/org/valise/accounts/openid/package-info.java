/// Lets users prove to other services who they are.
///
/// Spec: client-server API, "OpenID"; server-server API, "OpenID". Tables owned:
/// `accounts.openid_token`. Start reading at [OpenIdTokens].
@NullMarked
package org.valise.accounts.openid;

import org.jspecify.annotations.NullMarked;
