package org.valise.bench.micro;

import java.util.Locale;

/// One number with its unit.
public record Figure(String what, double value, String unit) {
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%-70s %,10.1f %s", what, value, unit);
    }
}
