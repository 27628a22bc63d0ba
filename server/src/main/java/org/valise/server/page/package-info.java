/// The page at `/`, for a person who opens the server's address in a browser.
@NullMarked
package org.valise.server.page;

import org.jspecify.annotations.NullMarked;
