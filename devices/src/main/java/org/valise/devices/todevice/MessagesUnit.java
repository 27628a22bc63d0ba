package org.valise.devices.todevice;

import org.jspecify.annotations.Nullable;
import org.valise.devices.todevice.DeviceMessenger.Addressed;
import org.valise.devices.todevice.RemoteMessages.Outgoing;
import org.valise.platform.http.TransactionKey;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.OrderedUnit;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The messages of one request on their way into the one order.
final class MessagesUnit implements OrderedUnit {
    private final TransactionKey request;
    private final long sender;
    private final boolean ask;
    private final List<Addressed> messages;
    private final RemoteMessages remote;
    private final Outgoing outgoing;
    private final CountDownLatch done = new CountDownLatch(1);
    private int ordinal;
    private volatile @Nullable SQLException failure;

    MessagesUnit(
            TransactionKey request,
            long sender,
            boolean ask,
            List<Addressed> messages,
            RemoteMessages remote,
            Outgoing outgoing) {
        this.request = request;
        this.sender = sender;
        this.ask = ask;
        this.messages = messages;
        this.remote = remote;
        this.outgoing = outgoing;
    }

    @Override
    public int rows() {
        return messages.size() + 1;
    }

    @Override
    public void write(CommitBatch batch) {
        ordinal = batch.position();
        MessageStore.insertRequest(
                batch,
                ordinal,
                request.session(),
                request.hash(),
                messages.stream().map(Addressed::to).toList());
        for (Addressed message : messages) {
            MessageStore.insert(batch, ordinal, message.to(), sender, ask, message.json());
        }
        if (!outgoing.messages().isEmpty()) {
            remote.addTo(batch, ordinal, outgoing);
        }
    }

    @Override
    public List<MessageArrived> committed(long base) {
        return messages.stream()
                .map(message ->
                        new MessageArrived(
                                base + ordinal, message.to().userNumber(), message.to().number()))
                .toList();
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
            throw new IllegalStateException("messages could not be written", cause);
        }
    }
}
