/// Devices that receive keys while nobody is logged in.
///
/// Spec: MSC3814.
@NullMarked
package org.valise.devices.dehydrated;

import org.jspecify.annotations.NullMarked;
