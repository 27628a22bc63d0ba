package org.valise.bench.chat;

import org.valise.bench.client.Account;

import java.util.List;

/// Who is there, and who is in which room.
public record Population(List<Account> accounts, List<Room> rooms) {
    /// @param members as indexes into the accounts; the first one made the room
    public record Room(String id, List<Integer> members) {}
}
