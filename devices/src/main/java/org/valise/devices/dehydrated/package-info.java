/// A device that receives room keys while nobody is logged in, kept encrypted on the server.
///
/// Spec: MSC3814. Start reading at [DehydratedDevices]. Tables owned: `devices.dehydrated_device`.
/// Invariants: a user has at most one; everybody sees its keys and sends to it as to any other
/// device; its messages stay until it is replaced or deleted.
@NullMarked
package org.valise.devices.dehydrated;

import org.jspecify.annotations.NullMarked;
