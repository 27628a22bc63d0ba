package org.valise.sync.classic;

import org.valise.accounts.accountdata.AccountDataEntry;
import org.valise.rooms.members.MembershipStore.Forgotten;

import java.util.List;
import java.util.function.Supplier;

/// What a response may have to read of its reader, each at most once.
///
/// @param newAccountData what was written since the reader last asked; of an initial sync, all
/// @param forgotten the rooms that the reader has forgotten
record Lookups(
        Supplier<List<AccountDataEntry>> newAccountData,
        Supplier<List<AccountDataEntry>> allAccountData,
        Supplier<List<Forgotten>> forgotten) {}
