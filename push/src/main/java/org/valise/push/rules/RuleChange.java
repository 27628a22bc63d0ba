package org.valise.push.rules;

import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.WaitingUnit;
import org.valise.protocol.pushrules.PushRuleChanges;

import java.util.List;

/// One change of a user's rules on its way through the ordered commit.
final class RuleChange extends WaitingUnit {
    private final long userNumber;
    private final long version;
    private final PushRuleChanges changes;
    private int ordinal;

    RuleChange(long userNumber, long version, PushRuleChanges changes) {
        this.userNumber = userNumber;
        this.version = version;
        this.changes = changes;
    }

    @Override
    public int rows() {
        return 1;
    }

    @Override
    public void write(CommitBatch batch) {
        ordinal = batch.position();
        PushRuleStore.write(batch, ordinal, userNumber, version, changes);
    }

    @Override
    public List<Change> committed(long base) {
        return List.of(
                new PushRulesChanged(
                        new StoredRules(userNumber, version, base + ordinal, changes)));
    }
}
