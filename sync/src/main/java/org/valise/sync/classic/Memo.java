package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;

import java.util.function.Supplier;

/// A value that is made at most once, when it is first asked for. For one thread.
final class Memo<T> implements Supplier<T> {
    private final Supplier<T> make;
    private @Nullable T made;

    private Memo(Supplier<T> make) {
        this.make = make;
    }

    static <T> Memo<T> of(Supplier<T> make) {
        return new Memo<>(make);
    }

    @Override
    public T get() {
        T known = made;
        if (known == null) {
            known = make.get();
            made = known;
        }
        return known;
    }
}
