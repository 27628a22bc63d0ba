package org.valise.devices.dehydrated;

/// Where the operations of MSC3814 are.
final class DehydratedPaths {
    static final String DEVICE = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";
    static final String EVENTS = DEVICE + "/{deviceId}/events";

    private DehydratedPaths() {}
}
