package org.valise.bench.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void membersComeInTurn() {
        Shape shape = Shape.chat(5, 3, 2);
        assertThat(shape.membersOf(0)).containsExactly(0, 1);
        assertThat(shape.membersOf(2)).containsExactly(4, 0);
    }

    @Test
    void theFirstAccountIsInEveryRoomIfWanted() {
        Shape shape = new Shape(6, 10, 4, true, 0);
        for (int room = 0; room < 10; room++) {
            assertThat(shape.membersOf(room)).hasSize(4).startsWith(0).doesNotHaveDuplicates();
        }
    }

    @Test
    void refusesMoreMembersThanAccounts() {
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.chat(5, 1, 6));
    }
}
