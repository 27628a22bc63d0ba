/// What an operator may set: one record tree with defaults in code, read from one file, the
/// environment and the command line.
@NullMarked
package org.valise.platform.config;

import org.jspecify.annotations.NullMarked;
