package io.tidemark.view;

import io.tidemark.plan.Action;
import io.tidemark.plan.Plan;
import io.tidemark.run.Applied;
import io.tidemark.run.ApplyListener;
import io.tidemark.run.WindowOutcome;
import io.tidemark.source.Learned;
import io.tidemark.window.Window;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;

/** For programs: see {@link Documents}. */
final class JsonView implements View {
    private final PrintStream out;
    private final PlanAs planAs;
    private final InstantSource clock;

    JsonView(PrintStream out, PlanAs planAs, InstantSource clock) {
        this.out = out;
        this.planAs = planAs;
        this.clock = clock;
    }

    @Override
    public void plan(Plan plan, Learned learned) {
        Documents.PlanDocument document = Documents.PlanDocument.of(plan, learned);
        switch (planAs) {
            case DOCUMENT -> out.println(Documents.document(document));
            case LINE -> line("plan", document);
        }
    }

    @Override
    public ApplyListener progress() {
        return new ApplyListener() {
            @Override
            public void begins(List<Action> actions) {
                line("begin", new Documents.Begin(actions.size()));
            }

            @Override
            public void pageFetched(Window window, int records) {
                // a line per window is enough for a program
            }

            @Override
            public void windowEnds(WindowOutcome outcome) {
                line("window", Documents.Ended.of(outcome));
            }

            @Override
            public void stops() {
                line("note", new Documents.Note(STOPPING));
            }

            @Override
            public void ends() {
                // the summary says so
            }
        };
    }

    @Override
    public void doing(String what) {
        // for people
    }

    @Override
    public void applied(Applied applied) {
        line("summary", Documents.Summary.of(applied));
    }

    @Override
    public void note(String sentence) {
        switch (planAs) {
            case DOCUMENT -> {} // there is one document, the plan
            case LINE -> line("note", new Documents.Note(sentence));
        }
    }

    private synchronized void line(String type, Object content) {
        out.println(Documents.line(type, clock.instant(), content));
    }
}
