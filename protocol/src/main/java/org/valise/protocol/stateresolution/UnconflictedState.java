package org.valise.protocol.stateresolution;

import org.valise.protocol.event.StateKey;

import java.util.function.IntConsumer;

/// The entries on which all state sets agree, as numbers of an [AuthGraph]. The caller decides how
/// they are kept: a view over the tries that were compared will do, nothing needs to be copied.
public interface UnconflictedState {
    /// The event that every state set has under this key, or [AuthGraph#NONE].
    int event(StateKey key);

    /// Every such event, in any order: their auth chains are in every state's full auth chain.
    void forEach(IntConsumer events);

    /// "An *empty* state map."
    UnconflictedState EMPTY =
            new UnconflictedState() {
                @Override
                public int event(StateKey key) {
                    return AuthGraph.NONE;
                }

                @Override
                public void forEach(IntConsumer events) {}
            };
}
