/// The rules of the architecture, each held by a test whose failure says why. Start reading at
/// [ModulesTest].
@NullMarked
package org.valise.server.architecture;

import org.jspecify.annotations.NullMarked;
