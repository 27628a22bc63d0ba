package org.valise.push;

import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.pushrules.DefaultRules;
import org.valise.push.counts.UnreadCounts;
import org.valise.push.counts.UnreadEvents;
import org.valise.push.rules.PushRuleEndpoints;
import org.valise.push.rules.PushRules;

import java.util.List;

/// The front of the module: push rules and unread counts.
public final class Push {
    /// Where the module's migrations lie.
    public static final String MIGRATIONS = "org/valise/push/migration";

    private final PushRules rules;
    private final UnreadCounts counts;

    /// To be made before the stream starts: it follows it.
    public Push(
            Database database,
            Stream stream,
            OrderedCommits commits,
            DefaultRules defaults,
            UnreadEvents events) {
        rules = new PushRules(database, commits, defaults);
        counts = new UnreadCounts(events);
        stream.follow(rules);
        stream.read(rules);
    }

    public PushRules rules() {
        return rules;
    }

    public UnreadCounts counts() {
        return counts;
    }

    public List<Endpoint> endpoints() {
        return PushRuleEndpoints.of(rules);
    }
}
