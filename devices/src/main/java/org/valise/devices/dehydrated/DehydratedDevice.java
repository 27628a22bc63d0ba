package org.valise.devices.dehydrated;

/// A user's dehydrated device.
///
/// @param number stands where others have their session's
/// @param data what the client needs to bring it to life again: JSON, encrypted by the client
record DehydratedDevice(long number, String id, String data) {}
