/// Room versions 1 to 12, each the previous one plus named tweaks.
///
/// Spec: Room Versions. Code asks `version.has(KNOCKING)`, never for the number.
@NullMarked
package org.valise.protocol.roomversion;

import org.jspecify.annotations.NullMarked;
