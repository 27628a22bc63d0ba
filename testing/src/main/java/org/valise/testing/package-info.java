/// What tests of every module share: a real PostgreSQL with a fresh database for whoever asks.
@NullMarked
package org.valise.testing;

import org.jspecify.annotations.NullMarked;
