package io.tidemark.view;

import io.tidemark.plan.Plan;
import io.tidemark.run.Applied;
import io.tidemark.run.ApplyListener;
import io.tidemark.source.Learned;
import java.io.PrintStream;
import java.time.InstantSource;

/** What plan and apply show. One implementation for people, one for programs. */
public interface View {
    /** What is said when an apply was asked to stop. */
    String STOPPING = "Stopping behind the page in hand ...";

    /**
     * @param learned what is known of the source
     */
    void plan(Plan plan, Learned learned);

    /** Where the progress of an apply goes. */
    ApplyListener progress();

    void applied(Applied applied);

    /**
     * What takes its time just now, as the beginning of a sentence; seen by people at a terminal,
     * until there is something to show. May come from any thread.
     */
    void doing(String what);

    /** Something worth knowing that belongs to no window. */
    void note(String sentence);

    static View forPeople(
            PrintStream out, Terminal terminal, java.time.ZoneId zone, InstantSource clock) {
        return new HumanView(out, terminal, zone, clock);
    }

    /** One JSON document for a plan; for an apply one object a line. */
    static View forPrograms(PrintStream out, PlanAs planAs, InstantSource clock) {
        return new JsonView(out, planAs, clock);
    }

    /** How {@link #forPrograms} writes a plan. */
    enum PlanAs {
        DOCUMENT,
        LINE
    }
}
