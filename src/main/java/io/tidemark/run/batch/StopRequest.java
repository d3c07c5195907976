package io.tidemark.run.batch;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.StepInterruptionPolicy;

/** Whether the run is to end; looked at between chunks. */
public final class StopRequest implements StepInterruptionPolicy {
    private volatile boolean requested;

    public void request() {
        requested = true;
    }

    public boolean isRequested() {
        return requested;
    }

    @Override
    public void checkInterrupted(StepExecution execution) throws JobInterruptedException {
        if (requested) {
            // without this the chunk step would take the interruption for the end of its items
            execution.setTerminateOnly();
            throw new JobInterruptedException("the run was asked to stop");
        }
    }
}
