/// Servers of other organizations that a server under load meets: they hold a large room, let it
/// join, send it events and swallow what it sends.
///
/// Start reading at [org.valise.bench.resident.MockServers]. They have keys and sign what they
/// send, but check nothing: what is measured is the other side.
@NullMarked
package org.valise.bench.resident;

import org.jspecify.annotations.NullMarked;
