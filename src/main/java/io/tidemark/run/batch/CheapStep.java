package io.tidemark.run.batch;

import io.tidemark.failpoint.Failpoint;

/**
 * What is done once all is fetched: cheap, so that it is simply repeated after a crash, all of it.
 *
 * @param name of the step, at most 80 characters
 * @param again whether it is done again when the job goes on although it was done, because what it
 *     leaves for the steps behind it does not outlive the process
 * @param saved passed when what it told the state is written, not committed
 * @param committed passed when that is committed
 */
public record CheapStep(
        String name, boolean again, Failpoint saved, Failpoint committed, Work work) {

    /** Is told what the fetch has come to. */
    public interface Work {
        void on(FetchResult fetch) throws Exception;
    }
}
