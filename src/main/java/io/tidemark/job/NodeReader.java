package io.tidemark.job;

import io.tidemark.job.Node.Entry;
import io.tidemark.job.Node.Position;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Text to {@link Node}s. Built from the parser's events and not from its tree, because only the
 * events still know anchors and aliases, and so that it is decided here how deep a file may nest.
 */
final class NodeReader {
    /** The grammar is five levels deep. */
    private static final int DEEPEST = 20;

    private final String yaml;
    private final Problems problems;
    private final Iterator<Event> events;

    private NodeReader(String yaml, Problems problems) {
        this.yaml = yaml;
        this.problems = problems;
        this.events = new Parse(LoadSettings.builder().build()).parseString(yaml).iterator();
    }

    /** Empty where the text is no YAML document; the reason is then among the problems. */
    static Optional<Node> read(String text, Problems problems) {
        String yaml = text.startsWith("\uFEFF") ? text.substring(1) : text;
        if (hasUnprintable(yaml, problems)) {
            return Optional.empty();
        }
        NodeReader reader = new NodeReader(yaml, problems);
        try {
            return reader.document();
        } catch (TooDeep tooDeep) {
            problems.add(tooDeep.at, "", "lists and mappings are nested too deep", "");
        } catch (MarkedYamlEngineException broken) {
            reader.complain(broken);
        } catch (YamlEngineException broken) {
            problems.add(Position.START, "", "this is not YAML that can be read", "");
        }
        return Optional.empty();
    }

    /** Said here because the parser names no line for it. */
    private static boolean hasUnprintable(String yaml, Problems problems) {
        int line = 1;
        int column = 1;
        for (int c : (Iterable<Integer>) yaml.codePoints()::iterator) {
            if (!StreamReader.isPrintable(c)) {
                problems.add(
                        new Position(line, column),
                        "",
                        "a character that YAML does not allow: U+%04X".formatted(c),
                        "remove it");
                return true;
            }
            column = c == '\n' ? 1 : column + 1;
            line += c == '\n' ? 1 : 0;
        }
        return false;
    }

    private Optional<Node> document() {
        events.next(); // the stream begins
        Event start = events.next();
        if (start.getEventId() != Event.ID.DocumentStart) {
            problems.add(Position.START, "", "the file is empty", "it begins with job: NAME");
            return Optional.empty();
        }
        Node root = node(events.next(), "", 0);
        events.next(); // the document ends
        Event next = events.next();
        if (next.getEventId() == Event.ID.DocumentStart) {
            problems.add(position(next), "", "a second document", "one file holds one job");
        }
        return Optional.of(root);
    }

    private Node node(Event event, String path, int depth) {
        refuseAnchorAndTag(event, path);
        Position at = position(event);
        return switch (event) {
            case ScalarEvent scalar -> new Node.Scalar(at, scalar.getValue(), scalar.isPlain());
            case SequenceStartEvent start -> sequence(at, path, depth + 1);
            case MappingStartEvent start -> mapping(at, path, depth + 1);
            default -> new Node.Refused(at); // an alias
        };
    }

    private Node sequence(Position at, String path, int depth) {
        refuseTooDeep(at, depth);
        List<Node> items = new ArrayList<>();
        for (Event next = events.next();
                next.getEventId() != Event.ID.SequenceEnd;
                next = events.next()) {
            items.add(node(next, path + "/" + items.size(), depth));
        }
        return new Node.Sequence(at, items);
    }

    private Node mapping(Position at, String path, int depth) {
        refuseTooDeep(at, depth);
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Event next = events.next();
                next.getEventId() != Event.ID.MappingEnd;
                next = events.next()) {
            Node key = node(next, path, depth);
            if (key instanceof Node.Scalar name) {
                String entryPath = Problems.pointer(path, name.text());
                Entry entry = new Entry(key.at(), node(events.next(), entryPath, depth));
                Entry first = entries.putIfAbsent(name.text(), entry);
                if (first != null) {
                    problems.add(
                            key.at(),
                            entryPath,
                            "this key stands twice",
                            "first in line " + first.keyAt().line());
                }
            } else {
                node(events.next(), path, depth);
                if (!(key instanceof Node.Refused)) {
                    problems.add(key.at(), path, "a key is a word, not a list or mapping", "");
                }
            }
        }
        return new Node.Mapping(at, entries);
    }

    private void refuseAnchorAndTag(Event event, String path) {
        if (event instanceof AliasEvent) {
            problems.add(
                    position(event),
                    path,
                    "YAML aliases are not used in job files",
                    "a text that begins with * needs quotes");
        } else if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            problems.add(
                    position(event),
                    path,
                    "YAML anchors are not used in job files",
                    "a text that begins with & needs quotes");
        }
        Optional<String> tag =
                switch (event) {
                    case ScalarEvent scalar -> scalar.getTag();
                    case CollectionStartEvent collection -> collection.getTag();
                    default -> Optional.empty();
                };
        if (tag.isPresent()) {
            problems.add(
                    position(event),
                    path,
                    "YAML tags are not used in job files",
                    "a text that begins with ! needs quotes");
        }
    }

    private static void refuseTooDeep(Position at, int depth) {
        if (depth > DEEPEST) {
            throw new TooDeep(at);
        }
    }

    /** Ends the reading at once: the parser takes very long over a file of brackets. */
    private static final class TooDeep extends RuntimeException {
        private final Position at;

        TooDeep(Position at) {
            super(null, null, false, false);
            this.at = at;
        }
    }

    private void complain(MarkedYamlEngineException broken) {
        Position at =
                broken.getProblemMark()
                        .or(broken::getContextMark)
                        .map(NodeReader::position)
                        .orElse(Position.START);
        // the parser repeats the tag in this message, which may be a secret without quotes
        boolean unknownTag = "while parsing a node".equals(broken.getContext());
        String problem = unknownTag ? "an unknown tag" : String.valueOf(broken.getProblem());
        problems.add(at, "", "broken YAML: " + Problems.onOneLine(problem), hint(broken, at));
    }

    private String hint(MarkedYamlEngineException broken, Position at) {
        String doing = Objects.requireNonNullElse(broken.getContext(), "");
        if (doing.equals("while scanning an alias")) {
            return "a text that begins with * needs quotes";
        }
        boolean besideReference =
                yaml.lines().skip(at.line() - 1L).findFirst().orElse("").contains("${");
        return doing.contains("flow") && besideReference
                ? "within { } and [ ] a reference needs quotes: \"${NAME}\""
                : "";
    }

    private static Position position(Event event) {
        return event.getStartMark().map(NodeReader::position).orElse(Position.START);
    }

    private static Position position(Mark mark) {
        return new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }
}
