package org.valise.rooms.reading;

import org.valise.platform.http.Caller;
import org.valise.rooms.aggregations.Aggregations;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.aggregations.Onlooker;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Collection;
import java.util.Set;

/// What is bundled with the events of a response, for its reader.
public final class Bundling {
    private final Aggregations aggregations;
    private final IgnoredSenders ignored;

    public Bundling(Aggregations aggregations, IgnoredSenders ignored) {
        this.aggregations = aggregations;
        this.ignored = ignored;
    }

    Bundles of(Collection<StoredEvent> shown, Caller caller, long asOf) {
        return shown.isEmpty()
                ? Bundles.NONE
                : of(shown, caller, ignored.of(caller.userNumber()), asOf);
    }

    /// The same where it is known whom the reader ignores; the events may be of many rooms.
    ///
    /// @param unwanted ids of users
    public Bundles of(
            Collection<StoredEvent> shown, Caller caller, Set<String> unwanted, long asOf) {
        return shown.isEmpty()
                ? Bundles.NONE
                : aggregations.of(
                        shown,
                        new Onlooker(
                                caller.user(),
                                caller.userNumber(),
                                ignored.numbers(unwanted),
                                asOf));
    }
}
