package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.valise.platform.http.Router.Found;

import java.util.Arrays;
import java.util.List;

final class RouterTest {

    @Test
    void prefersALiteralToAParameter() {
        Router router = router(get("/register/{name}"), get("/register/available"));
        assertThat(templateOf(router, "/register/available")).isEqualTo("/register/available");
        assertThat(templateOf(router, "/register/other")).isEqualTo("/register/{name}");
    }

    @Test
    void comesBackFromALiteralThatLeadsNowhere() {
        Router router = router(get("/a/b/c"), get("/a/{x}/d"), get("/{y}/b/e"));
        assertThat(templateOf(router, "/a/b/c")).isEqualTo("/a/b/c");
        assertThat(match(router, "/a/b/d"))
                .isEqualTo(new Found.Match(target(router, 1), List.of("b")));
        assertThat(match(router, "/a/b/e"))
                .isEqualTo(new Found.Match(target(router, 2), List.of("a")));
    }

    @Test
    void keepsParametersRaw() {
        Router router = router(get("/rooms/{roomId}/send/{type}/{txnId}"));
        assertThat(match(router, "/rooms/%21a/send/m.room.message/x%2Fy"))
                .isEqualTo(
                        new Found.Match(
                                target(router, 0), List.of("%21a", "m.room.message", "x%2Fy")));
    }

    @Test
    void matchesAnEmptyParameterOnlyAtTheEnd() {
        Router router = router(get("/state/{type}/{key}"), get("/rooms/{id}/members"));
        assertThat(match(router, "/state/m.room.name/")).isInstanceOf(Found.Match.class);
        assertThat(match(router, "/state//x")).isInstanceOf(Found.Nothing.class);
        assertThat(match(router, "/rooms//members")).isInstanceOf(Found.Nothing.class);
    }

    @Test
    void tellsAnotherMethodFromAnUnknownPath() {
        Router router = router(get("/a/{x}"), route(Route.put("/a/{x}")));
        assertThat(router.find("DELETE", "/a/1"))
                .isEqualTo(new Found.OtherMethod("GET, PUT, OPTIONS"));
        assertThat(router.find("DELETE", "/b")).isInstanceOf(Found.Nothing.class);
    }

    @Test
    void answersAtEveryPathOfARoute() {
        Router router = router(get("/_matrix/client/v3/sync").legacy().alsoAt("/unstable/sync"));
        assertThat(templateOf(router, "/_matrix/client/v3/sync"))
                .isEqualTo("/_matrix/client/v3/sync");
        assertThat(templateOf(router, "/_matrix/client/r0/sync"))
                .isEqualTo("/_matrix/client/r0/sync");
        assertThat(templateOf(router, "/unstable/sync")).isEqualTo("/unstable/sync");
    }

    @Test
    void refusesTwoOperationsAtOnePath() {
        assertThatThrownBy(() -> router(get("/a/{x}"), get("/a/{y}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("both answer GET /a/{y}");
    }

    @Test
    void survivesAnyPath() {
        Router router = router(get("/a/{x}"), get("/a/{x}/{y}"));
        for (String path :
                List.of(
                        "",
                        "*",
                        "/",
                        "//",
                        "///////",
                        "/a",
                        "/a//",
                        "a/b",
                        "/a/" + "x/".repeat(5000))) {
            assertThat(router.find("GET", path)).isNotNull();
        }
    }

    private static Route get(String template) {
        return route(Route.get(template));
    }

    private static Route route(Route.NeedsName unnamed) {
        return unnamed.extension("test").auth(Auth.NONE).limit(RateLimit.PUBLIC);
    }

    private static Router router(Route... routes) {
        return new Router(
                Arrays.stream(routes)
                        .map(route ->
                                new Operation(
                                        new TestEndpoint(route, call -> Reply.empty()), route))
                        .toList());
    }

    private static Router.Target target(Router router, int index) {
        Operation operation = router.operations().get(index);
        String template = operation.route().template();
        List<String> names =
                Arrays.stream(template.split("/"))
                        .filter(segment -> segment.startsWith("{"))
                        .map(segment -> segment.substring(1, segment.length() - 1))
                        .toList();
        return new Router.Target(operation, template, names);
    }

    private static Found match(Router router, String path) {
        return router.find("GET", path);
    }

    private static String templateOf(Router router, String path) {
        return match(router, path)
                        instanceof Found.Match(Router.Target target, List<String> ignored)
                ? target.template()
                : "none";
    }
}
