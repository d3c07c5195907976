package io.tidemark.survey;

import io.tidemark.job.Secret;
import io.tidemark.job.SourceSpec;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.source.Source;
import io.tidemark.source.Sources;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;

/** The source a job names, opened; with it the bundled server where the job names that one. */
public final class JobSource implements AutoCloseable {
    private final Source source;
    private final Optional<Sandbox> sandbox;

    private JobSource(Source source, Optional<Sandbox> sandbox) {
        this.source = source;
        this.sandbox = sandbox;
    }

    public static JobSource open(SourceSpec spec, InstantSource clock) {
        return switch (spec.origin()) {
            case SourceSpec.Cloud cloud ->
                    new JobSource(Sources.open(cloud, spec, clock), Optional.empty());
            case SourceSpec.BundledSandbox settings -> {
                Sandbox sandbox = start(settings, clock);
                SourceSpec.Cloud cloud =
                        new SourceSpec.Cloud(
                                sandbox.endpoint(),
                                sandbox.project(),
                                new SourceSpec.Token(Secret.of(sandbox.token())));
                yield new JobSource(Sources.open(cloud, spec, clock), Optional.of(sandbox));
            }
        };
    }

    public Source source() {
        return source;
    }

    /** Where the bundled server answers; empty where the job names an endpoint of its own. */
    public Optional<URI> sandboxEndpoint() {
        return sandbox.map(Sandbox::endpoint);
    }

    @Override
    public void close() {
        source.close();
        sandbox.ifPresent(Sandbox::close);
    }

    private static Sandbox start(SourceSpec.BundledSandbox spec, InstantSource clock) {
        SandboxSettings settings =
                SandboxSettings.DEFAULT
                        .withFunctions(spec.functions())
                        .withRecords(spec.records())
                        .withDays(spec.days())
                        .withSeed(spec.seed())
                        .withClock(clock);
        return Sandbox.start(spec.until().map(settings::withUntil).orElse(settings));
    }
}
