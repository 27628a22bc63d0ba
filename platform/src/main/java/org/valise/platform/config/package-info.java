/// What an operator may set: one record tree with defaults in code, read from one file, the
/// environment and the command line.
///
/// Start reading at [org.valise.platform.config.ValiseConfig]: each key is one line there, with its
/// type, default, range and meaning, and the reference (`docs/configuration.md`, `--help-config`)
/// is printed from those lines. An option goes before the environment, that before the file, that
/// before the default. All faults are reported at once; an unknown key is a fault.
@NullMarked
package org.valise.platform.config;

import org.jspecify.annotations.NullMarked;
