/// What a user has been, or would have been, notified about.
///
/// Spec: client-server API, "Listing notifications". Nothing is kept for it: the events of the
/// user's rooms are run through their push rules anew, newest first. Start reading at
/// [Notifications].
@NullMarked
package org.valise.push.notifications;

import org.jspecify.annotations.NullMarked;
