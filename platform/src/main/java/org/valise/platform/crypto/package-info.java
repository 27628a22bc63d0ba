/// Cryptography by native code.
@NullMarked
package org.valise.platform.crypto;

import org.jspecify.annotations.NullMarked;
