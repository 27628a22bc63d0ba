package org.valise.platform.database;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads the tar files that PostgreSQL's programs come in: plain entries with short names and
/// nothing else.
final class TarArchive {
    private static final int BLOCK = 512;
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 100;
    private static final int MODE = 100;
    private static final int SIZE = 124;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int PREFIX = 345;
    private static final int PREFIX_LENGTH = 155;

    enum Type {
        FILE,
        FOLDER,
        LINK
    }

    /// @param target of a link
    record Entry(String name, Type type, boolean executable, long size, String target) {}

    private final InputStream in;
    private long left;
    private long padding;

    TarArchive(InputStream in) {
        this.in = in;
    }

    /// The next entry; what was not read of the one before is skipped.
    Optional<Entry> next() throws IOException {
        in.skipNBytes(left + padding);
        byte[] header = in.readNBytes(BLOCK);
        if (header.length < BLOCK || header[NAME] == 0) return Optional.empty();
        long size = octal(header, SIZE, 12);
        left = size;
        padding = -size & (BLOCK - 1);
        // In GNU's format other things stand where POSIX has the prefix.
        boolean posix = header[263] == '0';
        String prefix = posix ? text(header, PREFIX, PREFIX_LENGTH) : "";
        String name = text(header, NAME, NAME_LENGTH);
        boolean executable = (octal(header, MODE, 8) & 0100) != 0;
        return Optional.of(
                new Entry(
                        prefix.isEmpty() ? name : prefix + "/" + name,
                        type(header[TYPE], name),
                        executable,
                        size,
                        text(header, LINK, NAME_LENGTH)));
    }

    /// The whole content of the entry that [#next] gave.
    byte[] content() throws IOException {
        byte[] content = in.readNBytes(Math.toIntExact(left));
        if (content.length < left) throw new EOFException("the archive ends too early");
        left = 0;
        return content;
    }

    private static Type type(byte flag, String name) throws IOException {
        return switch (flag) {
            case '0', 0 -> Type.FILE;
            case '5' -> Type.FOLDER;
            case '2' -> Type.LINK;
            default -> throw new IOException("the archive holds an entry of unknown type: " + name);
        };
    }

    private static String text(byte[] header, int start, int length) {
        int end = start;
        while (end < start + length && header[end] != 0) end++;
        return new String(header, start, end - start, StandardCharsets.UTF_8);
    }

    private static long octal(byte[] header, int start, int length) throws IOException {
        String digits = text(header, start, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("the archive is damaged", e);
        }
    }
}
