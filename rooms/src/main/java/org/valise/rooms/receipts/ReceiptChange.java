package org.valise.rooms.receipts;

import org.valise.platform.stream.Change;
import org.valise.platform.stream.RoomScoped;
import org.valise.platform.stream.UserScoped;

/// A receipt became visible.
public sealed interface ReceiptChange extends Change {
    Receipt receipt();

    /// The room's number.
    long room();

    static ReceiptChange of(long position, Receipt receipt) {
        return switch (receipt.type()) {
            case READ -> new PublicReceipt(position, receipt);
            case READ_PRIVATE -> new PrivateReceipt(position, receipt);
        };
    }

    /// One that the members of the room see.
    record PublicReceipt(long position, Receipt receipt) implements ReceiptChange, RoomScoped {
        @Override
        public long room() {
            return receipt.room();
        }
    }

    /// SECURITY: servers MUST NOT send the `m.read.private` receipt to any other user than the one
    /// which originally sent it.
    record PrivateReceipt(long position, Receipt receipt) implements ReceiptChange, UserScoped {
        @Override
        public long room() {
            return receipt.room();
        }

        @Override
        public long user() {
            return receipt.user();
        }
    }
}
