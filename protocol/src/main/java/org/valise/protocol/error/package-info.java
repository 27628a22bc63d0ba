/// The errors of the protocol: every `errcode` and the one exception that edges throw.
///
/// Spec: Client-Server API, "Standard error response".
@NullMarked
package org.valise.protocol.error;

import org.jspecify.annotations.NullMarked;
