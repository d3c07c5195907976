/**
 * FunctionGraph's list of asynchronous invocations, and all that nobody knows about it: what its
 * time filter means, where its pages end, which records belong to which window.
 *
 * <p>Start at {@link io.tidemark.source.functiongraph.FunctionGraph}. Nothing outside of it knows
 * what a function is.
 */
@NullMarked
package io.tidemark.source.functiongraph;

import org.jspecify.annotations.NullMarked;
