/// Matrix identifiers as types: whoever holds one holds a string that passed its grammar.
///
/// Spec: Appendices, "Identifier Grammar". Start with [UserId]. Limits are in bytes of UTF-8, as in
/// the specification.
@NullMarked
package org.valise.protocol.id;

import org.jspecify.annotations.NullMarked;
