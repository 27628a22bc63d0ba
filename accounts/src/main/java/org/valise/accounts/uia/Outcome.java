package org.valise.accounts.uia;

/// What came of asking for authentication.
public sealed interface Outcome permits Proof, Challenge {}
