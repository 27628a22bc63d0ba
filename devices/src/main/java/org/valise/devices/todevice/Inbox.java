package org.valise.devices.todevice;

/// What this node knows of one device's messages, without asking: enough to know when there is
/// nothing to read and nothing to delete.
final class Inbox {
    /// All messages have positions in `[oldest, newest]`; there is none if that is empty.
    private long oldest;

    private long newest;
    private boolean loaded;

    /// Everything up to here was delivered.
    private long acknowledged;

    synchronized boolean isLoaded() {
        return loaded;
    }

    /// Takes what the database has; what was heard of since is newer.
    synchronized void load(MessageStore.Extent extent) {
        if (extent.newest() > 0) {
            oldest = oldest == 0 ? extent.oldest() : Math.min(oldest, extent.oldest());
            newest = Math.max(newest, extent.newest());
        }
        loaded = true;
    }

    synchronized void arrived(long position) {
        if (oldest == 0 || oldest > newest) {
            oldest = position;
        }
        newest = Math.max(newest, position);
    }

    /// Whether there may be messages after a position.
    synchronized boolean hasAfter(long position) {
        return newest > Math.max(position, acknowledged);
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    /// Notes that everything up to a position was delivered.
    ///
    /// @return whether there is something to delete
    synchronized boolean acknowledge(long upTo) {
        acknowledged = Math.max(acknowledged, upTo);
        if (oldest == 0 || oldest > upTo || oldest > newest) {
            return false;
        }
        oldest = upTo + 1;
        return true;
    }
}
