package io.tidemark.source;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.job.FunctionSelector;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The functions a job is about. The list of functions is asked for only where a glob needs it: a
 * job that names its functions works without the right to list them.
 *
 * @param refusal why this choice makes no sense, with what there would be to choose from; empty
 *     where it does
 */
public record FunctionChoice(List<FunctionUrn> functions, Optional<String> refusal) {
    private static final int MOST_NAMES = 20;

    /**
     * @param selectors each picks at least one function, or the choice is refused
     * @param only of those, the functions that one of these picks; empty for all
     */
    public static Answer<FunctionChoice> choose(
            InvocationSource source,
            List<FunctionSelector> selectors,
            List<FunctionSelector> only) {
        boolean named = selectors.stream().allMatch(FunctionSelector.Exactly.class::isInstance);
        Answer<List<FunctionUrn>> listed = named ? new Answer.Ok<>(List.of()) : source.functions();
        return listed.map(functions -> choose(functions, selectors, only));
    }

    static FunctionChoice choose(
            List<FunctionUrn> listed,
            List<FunctionSelector> selectors,
            List<FunctionSelector> only) {
        Set<FunctionUrn> picked = new LinkedHashSet<>();
        for (FunctionSelector selector : selectors) {
            List<FunctionUrn> matching =
                    switch (selector) {
                        case FunctionSelector.Exactly(FunctionUrn urn) -> List.of(urn);
                        case FunctionSelector.Glob glob ->
                                listed.stream().filter(glob::matches).toList();
                    };
            if (matching.isEmpty()) {
                return refused("source.functions: no function matches '%s'", selector, listed);
            }
            picked.addAll(matching);
        }
        for (FunctionSelector selector : only) {
            if (picked.stream().noneMatch(selector::matches)) {
                return refused("--function: no function of the job matches '%s'", selector, picked);
            }
        }
        return new FunctionChoice(
                picked.stream()
                        .filter(urn ->
                                only.isEmpty() || only.stream().anyMatch(s -> s.matches(urn)))
                        .toList(),
                Optional.empty());
    }

    private static FunctionChoice refused(
            String what, FunctionSelector selector, java.util.Collection<FunctionUrn> there) {
        String names =
                there.stream()
                        .map(FunctionUrn::qualifiedName)
                        .sorted()
                        .limit(MOST_NAMES)
                        .collect(Collectors.joining(", "));
        String rest = there.size() > MOST_NAMES ? ", ... (" + there.size() + " in all)" : "";
        return new FunctionChoice(
                List.of(),
                Optional.of(
                        what.formatted(selector)
                                + "; there "
                                + (there.isEmpty() ? "are none" : "are: " + names + rest)));
    }
}
