/// What is left to do when a device is gone, or has another name.
///
/// Spec: client-server API, "Relationship between access tokens and devices". Start reading at
/// [RemovalFollower]. Invariant: what belonged to a closed session is out of all answers at once,
/// since all of it is found by the session's number; this package deletes it, and tells those who
/// track the device.
@NullMarked
package org.valise.devices.removal;

import org.jspecify.annotations.NullMarked;
