package io.tidemark.run;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.StepInterruptionPolicy;

/** Whether the run is to end; looked at between chunks. */
final class StopRequest implements StepInterruptionPolicy {
    private volatile boolean requested;

    void request() {
        requested = true;
    }

    boolean isRequested() {
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
