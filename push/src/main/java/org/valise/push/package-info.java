/// Push rules of users and their unread counts.
///
/// Spec: client-server API, "Push notifications". Start with [Push], the front of the module. What
/// the rules mean is decided in `org.valise.protocol.pushrules`; here they are stored, served and
/// applied.
@NullMarked
package org.valise.push;

import org.jspecify.annotations.NullMarked;
