package io.tidemark.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RequestBudgetTest {
    private final HeldClock clock = new HeldClock();

    @Test
    void spacesTurnsEvenly() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.of(20), 1, clock);

        assertThat(turns(budget, 4)).containsExactly(0L, 50L, 100L, 150L);
    }

    @Test
    void makesUpForNothingInABurst() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.of(20), 1, clock);
        turns(budget, 1);
        clock.pass(Duration.ofSeconds(10));

        assertThat(turns(budget, 3)).containsExactly(10_000L, 10_050L, 10_100L);
    }

    @Test
    void doesNotWaitWhereTheTimeHasPassedAnyway() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.of(20), 1, clock);
        turns(budget, 1);
        clock.pass(Duration.ofMillis(30));

        assertThat(turns(budget, 2)).containsExactly(50L, 100L);
    }

    @Test
    void knowsNoPaceWhereNoneIsSet() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.empty(), 1, clock);

        assertThat(turns(budget, 3)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void grantsNoTurnInAPauseAndKeepsThePaceAfterIt() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.of(20), 1, clock);
        turns(budget, 1);
        budget.pause(Duration.ofSeconds(5));
        budget.pause(Duration.ofSeconds(1));

        assertThat(turns(budget, 2)).containsExactly(5000L, 5050L);
    }

    @Test
    void takesBackATurnThatAPauseOvertook() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.of(20), 1, clock);
        clock.onNextSleep(() -> budget.pause(Duration.ofSeconds(5)));

        assertThat(turns(budget, 2)).containsExactly(0L, 5050L);
    }

    @Test
    void becomesSlowerAndNeverFaster() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.of(20), 1, clock);
        budget.slowTo(Duration.ofMillis(200));
        budget.slowTo(Duration.ofMillis(10));

        assertThat(turns(budget, 3)).containsExactly(0L, 200L, 400L);
    }

    @Test
    void keepsSoManyInFlightAndNoMore() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.empty(), 3, clock);
        for (int i = 0; i < 3; i++) {
            budget.acquire();
        }
        AtomicBoolean granted = new AtomicBoolean();
        Thread fourth =
                new Thread(() -> {
                    try {
                        budget.acquire();
                        granted.set(true);
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                });
        fourth.start();
        while (fourth.getState() != Thread.State.WAITING && fourth.isAlive()) {
            Thread.onSpinWait();
        }
        assertThat(granted).isFalse();

        budget.release();
        fourth.join();
        assertThat(granted).isTrue();
    }

    @Test
    void givesItsPlaceBackWhenItIsInterruptedInItsWait() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.of(20), 1, clock);
        turns(budget, 1);
        // the first sleep marks the thread, the second one finds it marked
        clock.onNextSleep(() -> {
            budget.pause(Duration.ofSeconds(1));
            Thread.currentThread().interrupt();
        });
        assertThatThrownBy(budget::acquire).isInstanceOf(InterruptedException.class);

        assertThat(turns(budget, 1)).hasSize(1);
    }

    /** When each of so many requests got its turn, in milliseconds. */
    private List<Long> turns(RequestBudget budget, int count) throws InterruptedException {
        List<Long> turns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            budget.acquire();
            turns.add(clock.passed().toMillis());
            budget.release();
        }
        return turns;
    }
}
