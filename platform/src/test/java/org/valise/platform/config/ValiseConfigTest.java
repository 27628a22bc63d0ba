package org.valise.platform.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.TlsConfig;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class ValiseConfigTest {
    @TempDir Path folder;

    @Test
    void hasADefaultForEverything() {
        ValiseConfig config = ValiseConfig.of(Map.of());
        assertThat(config.serverName().value()).isEqualTo("localhost");
        assertThat(config.bind()).isEqualTo("127.0.0.1");
        assertThat(config.port()).isEqualTo(8008);
        assertThat(config.data()).isEqualTo(Path.of("./data"));
        assertThat(config.publicUrl()).hasToString("http://localhost:8008");
        assertThat(config.database().url()).isEmpty();
        assertThat(config.database().poolSize()).isEqualTo(10);
        assertThat(config.registration().open()).isFalse();
        assertThat(config.passwords().memoryKib()).isEqualTo(19 * 1024);
        assertThat(config.rateLimits().enabled()).isTrue();
        assertThat(config.rateLimits().overrides()).isEmpty();
        assertThat(config.log().format()).isEqualTo(ValiseConfig.Log.Format.TEXT);
        assertThat(config.management().port()).isEqualTo(9008);
        assertThat(config.listener().trustedProxies()).containsExactly("127.0.0.0/8", "::1/128");
    }

    @Test
    void readsTheFile() {
        ValiseConfig config =
                parsed(
                        """
                        # a comment
                        server_name: example.org
                        public_base_url: https://matrix.example.org
                        port: 80
                        http:
                          trusted_proxies: [10.0.0.0/8, "fd00::/8"]
                          idle_timeout: 3m
                          max_request_bytes: 2M
                        database:
                          url: "postgresql://db:5432/valise"
                          user: v
                          password: 'p # w'
                          lock_timeout: 500ms
                        registration:
                          open: yes
                          tokens:
                            - one
                            - two
                        rate_limits:
                          send_event: {per_second: 2.5, burst: 7}
                        log:
                          format: json
                        management:
                        """);
        assertThat(config.serverName().value()).isEqualTo("example.org");
        assertThat(config.publicUrl()).hasToString("https://matrix.example.org");
        assertThat(config.http().trustedProxies()).containsExactly("10.0.0.0/8", "fd00::/8");
        assertThat(config.http().idleTimeout()).isEqualTo(Duration.ofMinutes(3));
        assertThat(config.http().maxRequestBytes()).isEqualTo(2 << 20);
        assertThat(config.database().password().reveal()).isEqualTo("p # w");
        assertThat(config.database().lockTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.registration().tokens())
                .containsExactly(Secret.of("one"), Secret.of("two"));
        assertThat(config.rateLimits().overrides())
                .containsExactly(Map.entry(RateLimit.SEND_EVENT, new RateLimit.Rate(2.5, 7)));
        assertThat(config.log().format()).isEqualTo(ValiseConfig.Log.Format.JSON);
        assertThat(config.management().enabled()).isTrue();
    }

    @Test
    void prefersOptionThenEnvironmentThenFile() {
        String yaml = "port: 1001\nlog:\n  level: warn\n";
        Map<String, String> environment =
                Map.of("VALISE_PORT", "1002", "VALISE_LOG_LEVEL", "error");
        assertThat(ConfigLoader.parse(yaml, Map.of(), Map.of()).port()).isEqualTo(1001);
        assertThat(ConfigLoader.parse(yaml, environment, Map.of()).port()).isEqualTo(1002);
        ValiseConfig all = ConfigLoader.parse(yaml, environment, Map.of("port", "1003"));
        assertThat(all.port()).isEqualTo(1003);
        assertThat(all.log().level()).isEqualTo(ValiseConfig.Log.Level.ERROR);
    }

    @Test
    void listensWithTlsWhereCertificateAndKeyAreNamed() {
        assertThat(ValiseConfig.of(Map.of()).listener().tls()).isNull();
        ValiseConfig config =
                parsed(
                        """
                        http:
                          tls:
                            certificates: /etc/valise/chain.pem
                            key: /etc/valise/key.pem
                            port: 443
                        """);
        assertThat(config.listener().tls())
                .isEqualTo(
                        new TlsConfig(
                                "0.0.0.0",
                                443,
                                Path.of("/etc/valise/chain.pem"),
                                Path.of("/etc/valise/key.pem")));
    }

    @Test
    void aCertificateWithoutItsKeyIsAFault() {
        assertThat(faults("http:\n  tls:\n    certificates: /etc/valise/chain.pem\n"))
                .containsExactly(
                        "http.tls.certificates and http.tls.key go together: set both or"
                                + " neither.");
    }

    @Test
    void splitsListsInTheEnvironmentAtCommas() {
        ValiseConfig config =
                ConfigLoader.parse(
                        "",
                        Map.of("VALISE_HTTP_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16"),
                        Map.of("registration.tokens", "a,b"));
        assertThat(config.http().trustedProxies()).containsExactly("10.0.0.1", "10.1.0.0/16");
        assertThat(config.registration().tokens()).hasSize(2);
    }

    @Test
    void tellsTheListenerWhatItSays() {
        ValiseConfig config =
                ValiseConfig.of(
                        Map.of(
                                "http.gzip", "true",
                                "http.max_request_bytes", "3M",
                                "http.tls.certificates", "/etc/tls/chain.pem",
                                "http.tls.key", "/etc/tls/key.pem",
                                "http.tls.port", "8449"));
        assertThat(config.listener().gzip()).isTrue();
        assertThat(config.listener().maxBody()).isEqualTo(3 << 20);
        assertThat(config.listener().tls())
                .isEqualTo(
                        new TlsConfig(
                                "0.0.0.0",
                                8449,
                                Path.of("/etc/tls/chain.pem"),
                                Path.of("/etc/tls/key.pem")));
        assertThat(ValiseConfig.of(Map.of()).listener().tls()).isNull();
        assertThat(faults("http:\n  tls:\n    key: key.pem\n"))
                .anyMatch(fault -> fault.contains("http.tls.certificates"));
        assertThat(faults("turn:\n  secret: x\n")).anyMatch(fault -> fault.contains("turn.uris"));
        assertThat(faults("federation:\n  allowed_servers: ['culture.example:8448']\n"))
                .anyMatch(fault -> fault.contains("without a port"));
    }

    @Test
    void reportsEveryFaultAtOnce() {
        assertThat(
                        faults(
                                """
                                server_name: "Exa mple"
                                port: 70000
                                bind: localhost
                                prot: 1
                                http:
                                  idle_timeout: 2
                                  trusted_proxies: [10.0.0.0/33, 10.0.0.1]
                                database:
                                  pool_size: many
                                  url: mysql://db/x
                                  pol_size: 3
                                registration: true
                                passwords:
                                  hash_memory: 1K
                                rate_limits:
                                  send_evnt:
                                    burst: 3
                                  sync:
                                    per_second: -1
                                log:
                                  format: xml
                                  access: [true]
                                """))
                .containsExactlyInAnyOrder(
                        "valise.yaml line 1: server_name is \"Exa mple\": it must be a DNS name or"
                                + " IP address, with a port if need be, such as example.org or"
                                + " example.org:8448.",
                        "valise.yaml line 2: port is \"70000\": it must be an integer, 0 to 65535.",
                        "valise.yaml line 3: bind is \"localhost\": it must be an IP address such"
                                + " as 127.0.0.1, 0.0.0.0 or ::1.",
                        "valise.yaml line 4: there is no key \"prot\". Did you mean \"port\"?",
                        "valise.yaml line 6: http.idle_timeout is \"2\": it must be a duration with"
                                + " its unit, such as 500ms, 30s, 5m, 12h or 7d.",
                        "valise.yaml line 7: http.trusted_proxies is \"10.0.0.0/33\": it must be"
                                + " addresses or networks such as 10.0.0.7 or 10.0.0.0/8.",
                        "valise.yaml line 9: database.pool_size is \"many\": it must be an integer,"
                                + " 3 to 500.",
                        "valise.yaml line 10: database.url is \"mysql://db/x\": it must be a URL"
                                + " such as postgresql://host:5432/valise.",
                        "valise.yaml line 11: there is no key \"database.pol_size\". Did you mean"
                                + " \"database.pool_size\"?",
                        "valise.yaml line 12: registration is a section: its keys go below it,"
                                + " indented.",
                        "valise.yaml line 14: passwords.hash_memory is \"1K\": it must be a size of"
                                + " 8M to 1G.",
                        "valise.yaml line 17: there is no key \"rate_limits.send_evnt.burst\". Did"
                                + " you mean \"rate_limits.send_event.burst\"?",
                        "valise.yaml line 19: rate_limits.sync.per_second is \"-1\": it must be a"
                                + " number, 0.0001 to 1000000.",
                        "valise.yaml line 21: log.format is \"xml\": it must be one of text, json.",
                        "valise.yaml line 22: log.access takes one value, not a list.");
    }

    @Test
    void saysHowManyFaultsAndWhereToLook() {
        ConfigException fault =
                catchThrowableOfType(ConfigException.class, () -> parsed("prot: 1\nbnid: 2\n"));
        assertThat(fault.getMessage())
                .startsWith("The configuration has 2 faults:\n  - valise.yaml line 1:")
                .contains("docs/configuration.md");
    }

    @Test
    void findsUnknownOptionsAndVariables() {
        ConfigException fault =
                catchThrowableOfType(
                        ConfigException.class,
                        () ->
                                ConfigLoader.parse(
                                        "",
                                        Map.of(
                                                "VALISE_SERVERNAME",
                                                "a",
                                                "HOME",
                                                "/root",
                                                "VALISE_JAVA_OPTS",
                                                "-Xmx1g",
                                                "VALISE_CONFIG",
                                                "x.yaml"),
                                        Map.of("url", "b", "quite.another.thing", "c")));
        assertThat(fault.faults())
                .containsExactlyInAnyOrder(
                        "the environment variable VALISE_SERVERNAME is no key of Valise. Did you"
                                + " mean \"VALISE_SERVER_NAME\"?",
                        "option url: there is no key \"url\". Did you mean \"database.url\"?",
                        "option quite.another.thing: there is no key \"quite.another.thing\".");
    }

    @Test
    void ignoresWhatKubernetesSets() {
        Map<String, String> environment =
                Map.of(
                        "VALISE_PORT", "tcp://10.0.0.1:8008",
                        "VALISE_SERVICE_HOST", "10.0.0.1",
                        "VALISE_SERVICE_PORT_HTTP", "8008",
                        "VALISE_PORT_8008_TCP_ADDR", "10.0.0.1");
        assertThat(ConfigLoader.parse("", environment, Map.of()).port()).isEqualTo(8008);
    }

    @Test
    void namesTheLineOfBrokenYamlAndOfAKeySetTwice() {
        assertThat(faults("port: 1\n  bind: [\n"))
                .singleElement()
                .asString()
                .startsWith("valise.yaml line 2: not YAML");
        assertThat(faults("port: 1\nport: 2\n"))
                .containsExactly("valise.yaml line 2: port is already set in valise.yaml line 1");
        assertThat(faults("just text"))
                .singleElement()
                .asString()
                .contains("expected lines such as");
        assertThat(faults("a: &x [*x]\n")).isNotEmpty();
    }

    @Test
    void saysWhenTheFileIsMissing() {
        ConfigException fault =
                catchThrowableOfType(
                        ConfigException.class,
                        () ->
                                ValiseConfig.load(
                                        Optional.of(folder.resolve("none.yaml")),
                                        Map.of(),
                                        Map.of()));
        assertThat(fault.getMessage()).contains("none.yaml does not exist");
    }

    @Test
    void readsSecretsFromFiles() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "swordfish\n");
        Path config =
                Files.writeString(
                        folder.resolve("valise.yaml"),
                        "database:\n  url: postgresql://db/valise\n  password_file: "
                                + file
                                + "\n");
        ValiseConfig loaded = ValiseConfig.load(Optional.of(config), Map.of(), Map.of());
        assertThat(loaded.database().password().reveal()).isEqualTo("swordfish");
        ConfigException both =
                catchThrowableOfType(
                        ConfigException.class,
                        () ->
                                ValiseConfig.load(
                                        Optional.of(config),
                                        Map.of("VALISE_DATABASE_PASSWORD", "other"),
                                        Map.of()));
        assertThat(both.getMessage())
                .contains("set either database.password or database.password_file, not both");
        assertThat(
                        faults(
                                "database:\n"
                                        + "  url: postgresql://db/valise\n"
                                        + "  password_file: /nowhere/at/all\n"))
                .containsExactly(
                        "valise.yaml line 3: the file /nowhere/at/all cannot be read"
                                + " (NoSuchFileException).");
    }

    @Test
    void neverPrintsASecret() {
        ValiseConfig config =
                parsed(
                        """
                        database:
                          url: postgresql://u:hunter1@db/valise?password=hunter2
                          password: hunter3
                        registration:
                          tokens: [hunter4]
                        """);
        assertThat(config.toString()).contains("(secret)").doesNotContain("hunter");
        assertThat(
                        faults("database:\n  url: postgres://u:hunter1@db\n  password: [hunter5]\n")
                                .toString())
                .contains("(secret)@db")
                .doesNotContain("hunter");
    }

    @Test
    void findsFaultsBetweenKeys() {
        assertThat(faults("port: 9008\n"))
                .containsExactly("port and management.port are both 9008: they must differ.");
        assertThat(faults("database:\n  user: me\n"))
                .containsExactly(
                        "database.user and database.password mean nothing without database.url.");
        assertThatCode(() -> parsed("port: 9008\nmanagement:\n  enabled: false\n"))
                .doesNotThrowAnyException();
    }

    @Test
    void hasADifferentVariableForEachKey() {
        Settings settings = Settings.of(Settings.Sources.NONE, new ArrayList<>());
        ValiseConfig.read(settings);
        List<String> names =
                settings.declared().keySet().stream().map(Environment::nameOf).toList();
        assertThat(names).doesNotHaveDuplicates();
    }

    private static ValiseConfig parsed(String yaml) {
        return ConfigLoader.parse(yaml, Map.of(), Map.of());
    }

    private static List<String> faults(String yaml) {
        return catchThrowableOfType(ConfigException.class, () -> parsed(yaml)).faults();
    }
}
