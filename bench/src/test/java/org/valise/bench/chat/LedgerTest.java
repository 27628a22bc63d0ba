package org.valise.bench.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.bench.chat.Ledger.Entry;

import java.util.List;

class LedgerTest {
    private static final String FIRST = "!first";
    private static final String SECOND = "!second";
    private static final int ANN = 0;
    private static final int BEN = 1;
    private static final int CLEO = 2;

    private final Ledger ledger =
            new Ledger(
                    "run",
                    List.of(
                            new Population.Room(FIRST, List.of(ANN, BEN)),
                            new Population.Room(SECOND, List.of(BEN, CLEO))));

    private Entry acknowledged(int room) {
        Entry entry = ledger.enter(room, 0);
        ledger.acknowledge(entry.number());
        return entry;
    }

    @Test
    void isCorrectWhenEveryMemberHasSeenEveryMessageOnce() {
        Entry message = acknowledged(0);
        assertThat(ledger.owed()).isEqualTo(2);
        ledger.saw(ANN, FIRST, message.body(), 1_000_000);
        ledger.saw(BEN, FIRST, message.body(), 3_000_000);
        assertThat(ledger.owed()).isZero();
        assertThat(ledger.tally().isCorrect()).isTrue();
        assertThat(ledger.tally().deliveries()).isEqualTo(2);
        assertThat(ledger.latencies().max()).isEqualTo(3);
    }

    @Test
    void countsWhatIsMissing() {
        Entry message = acknowledged(1);
        ledger.saw(CLEO, SECOND, message.body(), 1);
        assertThat(ledger.tally().missing()).isEqualTo(1);
        assertThat(ledger.tally().isCorrect()).isFalse();
    }

    @Test
    void countsWhatSomebodySeesTwice() {
        Entry message = acknowledged(0);
        for (int account : new int[] {ANN, BEN, BEN}) {
            ledger.saw(account, FIRST, message.body(), 1);
        }
        assertThat(ledger.tally().duplicated()).isEqualTo(1);
        assertThat(ledger.tally().missing()).isZero();
        assertThat(ledger.tally().isCorrect()).isFalse();
    }

    @Test
    void countsWhatAppearsInAnotherRoomOrToSomebodyElse() {
        Entry message = acknowledged(0);
        ledger.saw(BEN, SECOND, message.body(), 1);
        ledger.saw(CLEO, FIRST, message.body(), 1);
        ledger.saw(ANN, "!unknown", message.body(), 1);
        assertThat(ledger.tally().misrouted()).isEqualTo(3);
        assertThat(ledger.tally().missing()).isEqualTo(2);
    }

    @Test
    void countsANumberThatWasNeverSentAsMisrouted() {
        Entry message = acknowledged(0);
        ledger.saw(ANN, FIRST, message.body() + "7", 1);
        assertThat(ledger.tally().misrouted()).isEqualTo(1);
    }

    @Test
    void seesADeliveryThatComesBeforeTheAcknowledgement() {
        Entry message = ledger.enter(0, 0);
        ledger.saw(ANN, FIRST, message.body(), 1);
        ledger.acknowledge(message.number());
        assertThat(ledger.owed()).isEqualTo(1);
        ledger.saw(BEN, FIRST, message.body(), 2);
        assertThat(ledger.owed()).isZero();
    }

    @Test
    void expectsAMessageWhoseSendFailedNowhereAndAllowsIt() {
        Entry message = ledger.enter(0, 0);
        ledger.saw(ANN, FIRST, message.body(), 1);
        assertThat(ledger.tally().expected()).isZero();
        assertThat(ledger.tally().isCorrect()).isTrue();
    }

    @Test
    void passesOverMessagesOfOthers() {
        acknowledged(0);
        ledger.saw(ANN, FIRST, "hello", 1);
        ledger.saw(ANN, FIRST, "valise-bench other 0", 1);
        ledger.saw(ANN, FIRST, "valise-bench run x", 1);
        assertThat(ledger.tally().deliveries()).isZero();
        assertThat(ledger.tally().misrouted()).isZero();
    }
}
