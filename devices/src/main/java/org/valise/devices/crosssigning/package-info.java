/// Cross-signing keys and signatures.
///
/// Spec: client-server API, "Cross-signing". Start reading at [CrossSigningUpload] and
/// [SignatureUpload]; the keys are stored in `org.valise.devices.keys`.
///
/// Invariants: self-signing and user-signing keys are signed by the master key that stands beside
/// them; a signature is stored only if it is valid; what a user signed of others only they see.
@NullMarked
package org.valise.devices.crosssigning;

import org.jspecify.annotations.NullMarked;
