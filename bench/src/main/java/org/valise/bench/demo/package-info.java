/// `./dev demo`: three organizations' servers share rooms on one machine, with a page on which one
/// sees them agree, fall behind and catch up.
///
/// Start reading at [org.valise.bench.demo.DemoCommand]. Everything is seen through the client API
/// of each server: what the page shows, its users would see.
@NullMarked
package org.valise.bench.demo;

import org.jspecify.annotations.NullMarked;
