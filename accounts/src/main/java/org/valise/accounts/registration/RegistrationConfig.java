package org.valise.accounts.registration;

import org.valise.platform.config.Secret;

import java.util.List;

/// Who may register.
///
/// @param open whether anybody may, without a token
/// @param tokens words that are good for any number of accounts
/// @param guests whether there are accounts without a name or password
/// @param terms what must be accepted
public record RegistrationConfig(boolean open, List<Secret> tokens, boolean guests, Terms terms) {
    public static final RegistrationConfig CLOSED =
            new RegistrationConfig(false, List.of(), false, Terms.NONE);
    public static final RegistrationConfig OPEN =
            new RegistrationConfig(true, List.of(), false, Terms.NONE);

    /// The same with guests.
    public RegistrationConfig withGuests() {
        return new RegistrationConfig(open, tokens, true, terms);
    }

    /// The same with policies to be accepted.
    public RegistrationConfig withTerms(Terms other) {
        return new RegistrationConfig(open, tokens, guests, other);
    }
}
