@NullMarked
package org.valise.accounts;

import org.jspecify.annotations.NullMarked;
