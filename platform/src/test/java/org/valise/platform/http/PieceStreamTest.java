package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

class PieceStreamTest {
    @Test
    void givesAllPiecesOneAfterTheOther() throws IOException {
        assertThat(of("ab", "c", "def").readAllBytes()).isEqualTo(bytes("abcdef"));
    }

    @Test
    void givesSingleBytesAcrossPieces() throws IOException {
        PieceStream stream = of("a", "\u00ff");

        assertThat(stream.read()).isEqualTo('a');
        assertThat(stream.read()).isEqualTo(0xc3);
        assertThat(stream.read()).isEqualTo(0xbf);
        assertThat(stream.read()).isEqualTo(-1);
        assertThat(stream.read()).isEqualTo(-1);
    }

    @Test
    void doesNotEndAtAnEmptyPiece() throws IOException {
        assertThat(of("", "a", "", "", "b", "").readAllBytes()).isEqualTo(bytes("ab"));
        assertThat(of("", "").read()).isEqualTo(-1);
        assertThat(of().read(new byte[4], 0, 4)).isEqualTo(-1);
    }

    @Test
    void readsIntoTheMiddleOfAnArrayAndNoFurtherThanAPiece() throws IOException {
        PieceStream stream = of("abcd", "ef");
        byte[] into = bytes("------");

        assertThat(stream.read(into, 1, 3)).isEqualTo(3);
        assertThat(into).isEqualTo(bytes("-abc--"));
        assertThat(stream.read(into, 4, 2)).isEqualTo(1);
        assertThat(stream.read(into, 5, 1)).isEqualTo(1);
        assertThat(into).isEqualTo(bytes("-abcde"));
        assertThat(stream.read(into, 0, 6)).isEqualTo(1);
        assertThat(stream.read(into, 0, 6)).isEqualTo(-1);
    }

    @Test
    void readsNothingWhereNothingIsAskedFor() throws IOException {
        List<String> made = new ArrayList<>();
        PieceStream stream = noting(made, "a");

        assertThat(stream.read(new byte[1], 1, 0)).isZero();
        assertThat(made).isEmpty();
        assertThatThrownBy(() -> stream.read(new byte[2], 1, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void makesAPieceOnlyWhenTheOneBeforeIsRead() throws IOException {
        List<String> made = new ArrayList<>();
        PieceStream stream = noting(made, "ab", "c");

        assertThat(made).isEmpty();
        stream.read();
        stream.read();
        assertThat(made).containsExactly("ab");
        stream.read();
        assertThat(made).containsExactly("ab", "c");
    }

    @Test
    void makesNothingMoreOnceItIsClosed() throws IOException {
        List<String> made = new ArrayList<>();
        PieceStream stream = noting(made, "ab", "c");
        stream.read();
        stream.close();

        assertThatIOException().isThrownBy(stream::read);
        assertThatIOException().isThrownBy(() -> stream.read(new byte[1], 0, 1));
        assertThat(made).containsExactly("ab");
    }

    private static PieceStream of(String... pieces) {
        return noting(new ArrayList<>(), pieces);
    }

    private static PieceStream noting(List<String> made, String... pieces) {
        return new PieceStream(
                Stream.of(pieces).peek(made::add).map(PieceStreamTest::bytes).iterator());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
