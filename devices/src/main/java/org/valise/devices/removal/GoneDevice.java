package org.valise.devices.removal;

/// A device whose session was closed. The user may have got another one of the same id since.
public record GoneDevice(long user, String device) {}
