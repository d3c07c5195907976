package io.tidemark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
        RequestBudget[] budget = new RequestBudget[1];
        Clockwork pausing =
                new Clockwork() {
                    private boolean paused;

                    @Override
                    public java.time.Instant now() {
                        return clock.now();
                    }

                    @Override
                    public long nanos() {
                        return clock.nanos();
                    }

                    @Override
                    public void sleep(Duration time) throws InterruptedException {
                        clock.sleep(time);
                        if (!paused) {
                            paused = true;
                            budget[0].pause(Duration.ofSeconds(5));
                        }
                    }

                    @Override
                    public double chance() {
                        return 0;
                    }
                };
        budget[0] = new RequestBudget(OptionalDouble.of(20), 1, pausing);

        assertThat(turns(budget[0], 2)).containsExactly(0L, 5050L);
    }

    @Test
    void becomesSlowerAndNeverFaster() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.of(20), 1, clock);
        budget.slowTo(Duration.ofMillis(200));
        budget.slowTo(Duration.ofMillis(10));

        assertThat(turns(budget, 3)).containsExactly(0L, 200L, 400L);
    }

    @Test
    void keepsSoManyInFlightAndNoMore() throws Exception {
        RequestBudget budget = new RequestBudget(OptionalDouble.empty(), 3, Clockwork.REAL);
        AtomicInteger inFlight = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch three = new CountDownLatch(3);
        List<Future<?>> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 40; i++) {
                done.add(
                        threads.submit(() -> {
                            budget.acquire();
                            most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                            three.countDown();
                            three.await(10, TimeUnit.SECONDS);
                            inFlight.decrementAndGet();
                            budget.release();
                            return null;
                        }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        }
        assertThat(most).hasValue(3);
    }

    @Test
    void givesItsPlaceBackWhenItIsInterrupted() throws InterruptedException {
        RequestBudget budget = new RequestBudget(OptionalDouble.of(20), 1, clock);
        turns(budget, 1);

        Thread.currentThread().interrupt();
        assertThatThrownBy(budget::acquire).isInstanceOf(InterruptedException.class);
        budget.pause(Duration.ofSeconds(1));
        Thread.currentThread().interrupt();
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
