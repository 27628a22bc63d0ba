package org.valise.rooms.receipts;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.OrderedUnit;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Receipts on their way into the one order.
final class ReceiptUnit implements OrderedUnit {
    private final List<Receipt> receipts;
    private final int[] ordinals;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable SQLException failure;

    ReceiptUnit(List<Receipt> receipts) {
        this.receipts = List.copyOf(receipts);
        this.ordinals = new int[receipts.size()];
    }

    @Override
    public int rows() {
        return receipts.size();
    }

    @Override
    public void write(CommitBatch batch) {
        for (int i = 0; i < ordinals.length; i++) {
            ordinals[i] = batch.position();
            ReceiptStore.put(batch, ordinals[i], receipts.get(i));
        }
    }

    @Override
    public List<ReceiptChange> committed(long base) {
        List<ReceiptChange> changes = new ArrayList<>(ordinals.length);
        for (int i = 0; i < ordinals.length; i++) {
            changes.add(ReceiptChange.of(base + ordinals[i], receipts.get(i)));
        }
        return changes;
    }

    @Override
    public void applied() {
        done.countDown();
    }

    @Override
    public void failed(SQLException cause) {
        failure = cause;
        done.countDown();
    }

    void await() {
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted before a commit was known", e);
        }
        SQLException cause = failure;
        if (cause != null) {
            throw new IllegalStateException("receipts could not be written", cause);
        }
    }
}
