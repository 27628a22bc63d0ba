/// The server's part in end-to-end encryption.
///
/// Spec: client-server API, "End-to-end encryption" and "Send-to-Device messaging". Start with
/// [Devices], the front of the module. Schema owned: `devices`.
///
/// Whatever belongs to a device is stored under the number of its session: when the session is
/// gone, nothing of it is found any more, even if a device of the same id comes again.
@NullMarked
package org.valise.devices;

import org.jspecify.annotations.NullMarked;
