/// Whose devices or keys changed, and who learns of it.
///
/// Spec: client-server API, "Tracking the device list for a user".
@NullMarked
package org.valise.devices.devicelists;

import org.jspecify.annotations.NullMarked;
