package io.tidemark.source.functiongraph;

import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks questions side by side. */
final class AtOnce {
    private AtOnce() {}

    /**
     * The answers, in the order of the questions. After a failure that ends the run, what was not
     * asked yet is not asked any more: it has failed with it.
     *
     * @param connections how many are asked at once at most
     */
    static <Q, A> List<Answer<A>> ask(
            List<Q> questions, int connections, Function<Q, Answer<A>> asking) {
        AtomicReference<@Nullable Failure> end = new AtomicReference<>();
        Function<Q, Answer<A>> unlessEnded =
                question -> {
                    Failure ended = end.get();
                    if (ended != null) {
                        return new Answer.Failed<>(ended);
                    }
                    Answer<A> answer = asking.apply(question);
                    if (answer instanceof Answer.Failed<A>(Failure failure)
                            && failure.reach() == Failure.Reach.RUN) {
                        end.compareAndSet(null, failure);
                    }
                    return answer;
                };
        int threads = Math.min(connections, questions.size());
        if (threads <= 1) {
            return questions.stream().map(unlessEnded).toList();
        }
        List<Future<Answer<A>>> asked = new ArrayList<>();
        try (ExecutorService askers = Executors.newFixedThreadPool(threads)) {
            questions.forEach(
                    question -> asked.add(askers.submit(() -> unlessEnded.apply(question))));
        }
        return asked.stream().map(AtOnce::get).toList();
    }

    /** Of what has ended. */
    private static <A> Answer<A> get(Future<Answer<A>> answer) {
        try {
            return answer.get();
        } catch (InterruptedException | ExecutionException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
