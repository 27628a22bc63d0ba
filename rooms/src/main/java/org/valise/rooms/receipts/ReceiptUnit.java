package org.valise.rooms.receipts;

import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.WaitingUnit;

import java.util.ArrayList;
import java.util.List;

/// Receipts on their way into the one order.
final class ReceiptUnit extends WaitingUnit {
    private final List<Receipt> receipts;
    private final int[] ordinals;

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
}
