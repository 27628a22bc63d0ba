package org.valise.rooms.upgrades;

import org.valise.accounts.accountdata.AccountData;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;

/// Tags of a room, and whether it is a direct chat.
final class AccountSettings implements PersonalSettings {
    private static final String TAGS = "m.tag";
    private static final String DIRECT = "m.direct";

    private final AccountData accountData;

    AccountSettings(AccountData accountData) {
        this.accountData = accountData;
    }

    @Override
    public void follow(long userNumber, UserId user, RoomId replaced, RoomId replacement) {
        accountData
                .find(userNumber, replaced, TAGS)
                .ifPresent(tags ->
                        accountData.update(
                                userNumber,
                                replacement,
                                TAGS,
                                known -> known.isEmpty() ? tags : known));
        if (accountData.find(userNumber, null, DIRECT).isPresent()) {
            accountData.update(
                    userNumber,
                    null,
                    DIRECT,
                    direct -> withReplacement(direct, replaced, replacement));
        }
    }

    private static JsonObject withReplacement(
            JsonObject direct, RoomId replaced, RoomId replacement) {
        JsonObject changed = direct;
        for (String user : direct.keys()) {
            List<String> rooms =
                    new ArrayList<>(direct.array(user).orElse(JsonArray.of()).strings());
            if (rooms.contains(replaced.value()) && !rooms.contains(replacement.value())) {
                rooms.add(replacement.value());
                changed = changed.with(user, JsonArray.of(rooms));
            }
        }
        return changed;
    }
}
