package io.tidemark.view;

import io.tidemark.plan.Difference;
import io.tidemark.window.Window;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Which sinks do not hold what the ledger says, as text or as one JSON document. */
public final class DifferencesScreen {
    private static final String FORMAT_VERSION = "1.0";

    private final PrintStream out;

    public DifferencesScreen(PrintStream out) {
        this.out = out;
    }

    /**
     * @param windows how many were compared
     */
    public void forPeople(long windows, Map<Window, List<Difference>> differences) {
        differences.forEach((window, ofWindow) ->
                ofWindow.forEach(difference ->
                        out.println(
                                Printable.line(
                                        "! %s  %s: %s"
                                                .formatted(
                                                        window,
                                                        difference.sink(),
                                                        difference.what())))));
        out.println(
                differences.isEmpty()
                        ? "Verified %s: every sink holds what the ledger says."
                                .formatted(PlanScreen.counted(windows, "window"))
                        : "Verified %s: %s differ. Apply heals what plan sees; for the rest, delete the file and apply."
                                .formatted(
                                        PlanScreen.counted(windows, "window"),
                                        PlanScreen.number(differences.size())));
    }

    public void forPrograms(String job, long windows, Map<Window, List<Difference>> differences) {
        JsonMapper json = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
        ObjectNode root = json.createObjectNode();
        root.put("format_version", FORMAT_VERSION);
        root.put("job", job);
        root.put("windows", windows);
        ArrayNode list = root.putArray("differences");
        differences.forEach((window, ofWindow) ->
                ofWindow.forEach(difference -> {
                    ObjectNode node = list.addObject();
                    node.put("function_urn", window.function().toString());
                    node.put("from", window.from().toString());
                    node.put("to", window.to().toString());
                    node.put("sink", difference.sink());
                    node.put("what", difference.what());
                }));
        out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(root));
    }
}
