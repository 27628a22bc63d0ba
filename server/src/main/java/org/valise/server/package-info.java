/// Where everything is put together. Start reading at [Valise]; [Main] is only the command line
/// around it.
@NullMarked
package org.valise.server;

import org.jspecify.annotations.NullMarked;
