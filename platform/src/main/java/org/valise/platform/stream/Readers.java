package org.valise.platform.stream;

import org.valise.platform.database.Database;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/// Those who read what other nodes have written. One query finds which of them have anything to
/// read: mostly it is events alone.
final class Readers {
    private final List<ChangeReader> all = new CopyOnWriteArrayList<>();
    private final List<String> tables = new CopyOnWriteArrayList<>();
    private volatile String look = Stream.LAST_POSITION;

    /// All must be added before the first look.
    void add(ChangeReader reader) {
        all.add(reader);
        tables.addAll(reader.tables());
        look =
                tables.stream()
                        .map(", EXISTS (SELECT FROM %s WHERE position > ?)"::formatted)
                        .collect(Collectors.joining("", Stream.LAST_POSITION, ""));
    }

    /// What there was at one moment.
    ///
    /// @param last the last position that any node had committed
    /// @param tables those that had rows behind the position from which was looked
    record Found(long last, Set<String> tables) {}

    /// Looks for what was written after a position.
    Found look(Database database, long from) {
        return database.read(tx ->
                tx.only(
                        look,
                        row -> {
                            Set<String> found = new HashSet<>();
                            for (int i = 0; i < tables.size(); i++) {
                                if (row.getBoolean(2 + i)) {
                                    found.add(tables.get(i));
                                }
                            }
                            return new Found(row.getLong(1), found);
                        },
                        Collections.nCopies(tables.size(), from).toArray()));
    }

    /// The changes with positions in `(from, to]`, in their order.
    ///
    /// @param found what there is behind a position not later than `from`
    List<Change> read(long from, long to, Found found) {
        List<Change> changes = new ArrayList<>();
        for (ChangeReader reader : all) {
            if (!Collections.disjoint(reader.tables(), found.tables())) {
                changes.addAll(reader.read(new ChangeReader.News(from, to, found.tables())));
            }
        }
        changes.sort(Comparator.comparingLong(Change::position));
        return changes;
    }
}
