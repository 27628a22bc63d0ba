package org.valise.push.notifications;

import org.valise.protocol.pushrules.PushActions;
import org.valise.rooms.timeline.StoredEvent;

/// An event that notifies somebody.
///
/// @param read whether they have sent a receipt for it, or for something after it
record Notification(StoredEvent event, PushActions actions, boolean read) {}
