/// Device keys, one-time keys and fallback keys: uploaded, asked for, claimed.
///
/// Spec: client-server API, "End-to-end encryption", "Key management API".
@NullMarked
package org.valise.devices.keys;

import org.jspecify.annotations.NullMarked;
