package org.valise.platform.stream;

/// Something that became visible at a position of the stream. Each module has its own kinds.
public interface Change {
    long position();
}
