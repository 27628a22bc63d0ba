package org.valise.devices.todevice;

import org.valise.platform.stream.DeviceScoped;

/// A message was sent to a device.
public record MessageArrived(long position, long user, long device) implements DeviceScoped {}
