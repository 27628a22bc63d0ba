package org.valise.protocol.acl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;

class ServerAclTest {
    private static boolean allows(String content, String server) {
        return ServerAcl.of(Json.parseObject(content)).allows(ServerName.parse(server));
    }

    @Test
    void allowsEverybodyInARoomWithoutAnAcl() {
        assertThat(ServerAcl.OPEN.allows(ServerName.parse("a.example"))).isTrue();
        assertThat(ServerAcl.OPEN.allows(ServerName.parse("[::1]:8448"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"allow\":[]}", "{\"allow\":\"*\"}", "{\"allow\":[1,null,{},\"\"]}"})
    void deniesAllWithoutAnAllowList(String content) {
        assertThat(allows(content, "a.example")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.com", "evil.com:8448", "evil.com:1234", "EVIL.com"})
    void aRuleAppliesWhateverThePortAndTheCase(String server) {
        assertThat(allows("{\"allow\":[\"*\"],\"deny\":[\"Evil.Com\"]}", server)).isFalse();
        assertThat(allows("{\"allow\":[\"eVIl.com\"]}", server)).isTrue();
    }

    @Test
    void deniesBeforeItAllows() {
        String acl = "{\"allow\":[\"a.example\",\"*\"],\"deny\":[\"*.example\"]}";
        assertThat(allows(acl, "a.example")).isFalse();
        assertThat(allows(acl, "example")).isTrue();
    }

    @Test
    void deniesWhomNoRuleAllows() {
        assertThat(allows("{\"allow\":[\"*.example\"]}", "example.org")).isFalse();
        assertThat(allows("{\"allow\":[\"?.example\"]}", "a.example")).isTrue();
        assertThat(allows("{\"allow\":[\"?.example\"]}", "ab.example")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.3.4", "1.2.3.4:8448", "[::1]", "[2001:db8::1]:8448"})
    void deniesIpLiteralsWhereTheyAreNotAllowed(String literal) {
        assertThat(allows("{\"allow\":[\"*\"],\"allow_ip_literals\":false}", literal)).isFalse();
        assertThat(allows("{\"allow\":[\"*\"],\"allow_ip_literals\":\"false\"}", literal)).isTrue();
        assertThat(allows("{\"allow\":[\"*\"],\"allow_ip_literals\":true}", literal)).isTrue();
        assertThat(allows("{\"allow\":[\"*\"]}", literal)).isTrue();
    }

    @Test
    void namesAreAllowedWhereLiteralsAreNot() {
        assertThat(allows("{\"allow\":[\"*\"],\"allow_ip_literals\":false}", "1.example")).isTrue();
    }
}
