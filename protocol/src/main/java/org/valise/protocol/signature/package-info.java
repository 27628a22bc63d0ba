/// Signing JSON objects and checking their signatures; the cryptography itself is an argument.
///
/// Spec: Appendices, "Signing JSON" and "Checking for a Signature".
@NullMarked
package org.valise.protocol.signature;

import org.jspecify.annotations.NullMarked;
