package org.valise.bench.chat;

import java.util.ArrayList;
import java.util.List;

/// How many accounts and rooms there are.
///
/// @param oneInAllRooms whether the first account is in every room, with members out of the others
/// @param messages sent into each room in advance
public record Shape(int accounts, int rooms, int members, boolean oneInAllRooms, int messages) {
    public Shape {
        int distinct = oneInAllRooms ? Math.min(accounts, members) : members;
        if (rooms < 1 || members < 1 || distinct > accounts || members > accounts) {
            throw new IllegalArgumentException(
                    "a room of %d members needs as many users; there are %d"
                            .formatted(members, accounts));
        }
    }

    public static Shape chat(int accounts, int rooms, int members) {
        return new Shape(accounts, rooms, members, false, 0);
    }

    /// In turn over all accounts, so that everybody is in about as many rooms.
    List<Integer> membersOf(int room) {
        List<Integer> chosen = new ArrayList<>();
        if (oneInAllRooms) {
            chosen.add(0);
            for (int i = 0; i < members - 1; i++) {
                chosen.add(1 + (room * (members - 1) + i) % (accounts - 1));
            }
        } else {
            for (int i = 0; i < members; i++) {
                chosen.add((room * members + i) % accounts);
            }
        }
        return chosen;
    }
}
