package org.valise.accounts.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.Accounts;
import org.valise.protocol.id.UserId;
import org.valise.testing.TestDatabase;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

class UserNumbersTest {
    private static TestDatabase database;

    @BeforeAll
    static void open() {
        database =
                TestDatabase.create(List.of("org/valise/platform/migration", Accounts.MIGRATIONS));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static UserNumbers node() {
        return new UserNumbers(database.database());
    }

    private static List<UserId> users(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> UserId.parse("@" + prefix + i + ":example.org"))
                .toList();
    }

    @Test
    void givesAUserOneNumberForGoodOnEveryNode() {
        UserId user = UserId.parse("@one:elsewhere.org");
        long number = node().number(user);
        assertThat(node().number(user)).isEqualTo(number);
        assertThat(node().find(user)).contains(number);
        assertThat(node().user(number)).isEqualTo(user);
    }

    @Test
    void keepsIdsApartThatDifferOnlyInCase() {
        assertThat(node().number(UserId.parse("@Case:elsewhere.org")))
                .isNotEqualTo(node().number(UserId.parse("@case:elsewhere.org")));
    }

    @Test
    void takesHistoricalIds() {
        UserId user = UserId.parse("@Ünïcode \u0001/💬:elsewhere.org");
        assertThat(node().user(node().number(user))).isEqualTo(user);
    }

    @Test
    void knowsNoNumberOfAUserItHasNotMet() {
        assertThat(node().find(UserId.parse("@unmet:elsewhere.org"))).isEmpty();
        assertThatThrownBy(() -> node().user(987_654_321L))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbersManyInAFewQueriesAndThenInNone() {
        UserNumbers numbers = node();
        List<UserId> users = users("many", 500);
        numbers.numbers(users.subList(0, 100));

        long before = database.database().statements();
        Map<UserId, Long> all = numbers.numbers(users);
        assertThat(database.database().statements() - before).isLessThanOrEqualTo(3);
        assertThat(new HashSet<>(all.values())).hasSize(500);

        before = database.database().statements();
        assertThat(numbers.numbers(users)).isEqualTo(all);
        assertThat(numbers.users(all.values())).hasSize(500).containsValue(users.getFirst());
        assertThat(database.database().statements()).isEqualTo(before);
    }

    @Test
    void keepsNobodyInMemoryInPassing() {
        UserNumbers numbers = node();
        List<UserId> users = users("passing", 50);
        Map<UserId, Long> all = numbers.numbersInPassing(users);
        assertThat(all).hasSize(50).isEqualTo(node().numbers(users));

        long before = database.database().statements();
        assertThat(numbers.numbersInPassing(users)).isEqualTo(all);
        assertThat(database.database().statements() - before).isEqualTo(1);
    }

    @Test
    void agreesBetweenNodesThatMeetTheSameUsersAtOnce() throws Exception {
        List<UserId> users = users("twin", 200);
        List<Callable<Map<UserId, Long>>> nodes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            UserNumbers node = node();
            List<UserId> order = i % 2 == 0 ? users : users.reversed();
            nodes.add(() -> node.numbers(order));
        }
        Set<Map<UserId, Long>> answers = new HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Map<UserId, Long>> answer : threads.invokeAll(nodes)) {
                answers.add(answer.get());
            }
        }
        assertThat(answers).hasSize(1);
    }
}
