package org.valise.accounts.uia;

import java.util.List;

/// One way to authenticate: stages to be completed in this order.
public record Flow(List<String> stages) {
    public Flow {
        stages = List.copyOf(stages);
    }

    public static Flow of(String... stages) {
        return new Flow(List.of(stages));
    }

    /// Whether the stages done so far are the beginning of this flow and this one is the next.
    boolean continuesWith(List<String> done, String next) {
        return done.size() < stages.size()
                && stages.subList(0, done.size()).equals(done)
                && stages.get(done.size()).equals(next);
    }
}
