/// Messages from device to device.
///
/// Spec: client-server API, "Send-to-Device messaging".
@NullMarked
package org.valise.devices.todevice;

import org.jspecify.annotations.NullMarked;
