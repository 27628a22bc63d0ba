/// Cross-signing keys and signatures.
///
/// Spec: client-server API, "Cross-signing".
@NullMarked
package org.valise.devices.crosssigning;

import org.jspecify.annotations.NullMarked;
