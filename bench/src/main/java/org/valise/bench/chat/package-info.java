/// People who talk: accounts and rooms, a load of messages on them, and the proof that each message
/// reached each member exactly once. Start with [ChatRun].
@NullMarked
package org.valise.bench.chat;

import org.jspecify.annotations.NullMarked;
