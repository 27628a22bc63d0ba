/// Searching for people.
///
/// Spec: client-server API, "User Directory". Start reading at [UserDirectory]. Tables owned:
/// `rooms.found_word`, `rooms.found_in`, `rooms.open_room`. Invariant: nobody finds a person whom
/// they could not see anyway, in a room of their own or in one that is open to everybody; nor by a
/// name that the person has in other rooms only. Only this server's users are in it so far.
@NullMarked
package org.valise.rooms.userdirectory;

import org.jspecify.annotations.NullMarked;
