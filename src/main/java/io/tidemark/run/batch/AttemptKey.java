package io.tidemark.run.batch;

import io.tidemark.window.Window;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;

/**
 * One attempt at one window: what identifies a job instance, so that Batch's restart of it means to
 * resume exactly this.
 *
 * @param number which attempt at the window, from 1
 */
public record AttemptKey(String job, Window window, int number) {

    AttemptKey next() {
        return new AttemptKey(job, window, number + 1);
    }

    JobParameters parameters() {
        return new JobParametersBuilder()
                .addString("job", job)
                .addString("feed", window.feed().id())
                .addString("from", window.from().toString())
                .addString("to", window.to().toString())
                .addLong("attempt", (long) number)
                .toJobParameters();
    }
}
