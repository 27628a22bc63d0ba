package org.valise.protocol.pushrules;

import org.valise.protocol.json.PropertyPath;

import java.util.List;

/// A property that a condition asks for. Those that the default rules ask for have a slot in
/// [PushEvent].
record EventProperty(PropertyPath path, int slot) {
    private static final List<PropertyPath> COMMON =
            List.of(
                    PropertyPath.of("content.body"),
                    PropertyPath.of("content.m\\.mentions"),
                    PropertyPath.of("content.m\\.mentions.room"),
                    PropertyPath.of("content.m\\.mentions.user_ids"),
                    PropertyPath.of("content.m\\.relates_to.rel_type"),
                    PropertyPath.of("content.membership"),
                    PropertyPath.of("content.msgtype"),
                    PropertyPath.of("room_id"),
                    PropertyPath.of("sender"),
                    PropertyPath.of("state_key"),
                    PropertyPath.of("type"));

    static final int SLOTS = COMMON.size();
    static final EventProperty BODY = of("content.body");
    static final EventProperty MENTIONS = of("content.m\\.mentions");

    static EventProperty of(String path) {
        PropertyPath parsed = PropertyPath.of(path);
        return new EventProperty(parsed, COMMON.indexOf(parsed));
    }
}
