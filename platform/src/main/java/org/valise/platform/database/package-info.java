/// The one door to PostgreSQL: the server (embedded or the operator's), the connections,
/// transactions and migrations.
///
/// Start reading at [org.valise.platform.database.Database]. SQL itself lives in the `*Store`
/// classes of the modules. Invariants: no transaction is open while a thread waits for the network;
/// a failed statement is always a [org.valise.platform.database.DatabaseException]; the embedded
/// server has one owner at a time and is reachable with a password only.
@NullMarked
package org.valise.platform.database;

import org.jspecify.annotations.NullMarked;
