package io.tidemark.job;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * <code>${NAME}</code>, <code>${NAME:default}</code> or <code>${file:PATH}</code>, and the texts
 * they stand in. Replaced after the YAML has been parsed, so that a value is only ever a value; and
 * once, so that a value that looks like a reference is not followed.
 */
sealed interface Reference {
    String NAME = "[A-Za-z_][A-Za-z0-9_]*";
    Pattern ANY = Pattern.compile("\\$\\$\\{|\\$\\{[^}]*}?");
    Pattern BARE = Pattern.compile("\\$\\{(?:file:[^}]+|%s)}".formatted(NAME));
    Pattern ONE =
            Pattern.compile(
                    "\\$\\{(?:file:(?<path>[^}]+)|(?<name>%s)(?::(?<fallback>[^}]*))?)}"
                            .formatted(NAME));

    record Variable(String name, Optional<String> fallback) implements Reference {
        /** What Java puts in place of what it cannot read. */
        private static final char UNREADABLE = '\ufffd';

        @Override
        public String resolve(Variables variables) throws Unresolved {
            Optional<String> value = variables.find(name).or(() -> fallback);
            if (value.isPresent()) {
                if (value.get().indexOf(UNREADABLE) >= 0) {
                    throw new Unresolved(
                            "${" + name + "} holds bytes that are no character here",
                            "it was read in the character set of LC_ALL or LANG: set"
                                    + " LC_ALL=C.UTF-8, or use ${file:PATH}");
                }
                return value.get();
            }
            throw new Unresolved(
                    "${" + name + "} is not set",
                    Nearest.to(name, variables.explicitNames())
                            .map(given -> "--var gives " + given + ", is that the one?")
                            .orElse(
                                    "set %s in the environment or give --var %s=VALUE"
                                            .formatted(name, name)));
        }
    }

    record FromFile(String path) implements Reference {
        private static final int LONGEST = 64 * 1024;

        /** The text of the file, without the line end it closes with. */
        @Override
        public String resolve(Variables variables) throws Unresolved {
            try (InputStream in = Files.newInputStream(Path.of(path))) {
                byte[] bytes = in.readNBytes(LONGEST + 1);
                if (bytes.length > LONGEST) {
                    throw unreadable("it is longer than 64 KiB");
                }
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString()
                        .replaceFirst("\\r?\\n\\z", "");
            } catch (NoSuchFileException e) {
                throw unreadable("there is no such file");
            } catch (CharacterCodingException e) {
                throw unreadable("it is not UTF-8");
            } catch (IOException | InvalidPathException e) {
                throw unreadable("it must be a file that this user may read");
            }
        }

        private Unresolved unreadable(String why) {
            return new Unresolved("${file:" + Problems.onOneLine(path) + "} cannot be read", why);
        }
    }

    String resolve(Variables variables) throws Unresolved;

    /**
     * The text with its references replaced; <code>$${</code> stands for a literal <code>${</code>.
     */
    static String resolveAll(String text, Variables variables) throws Unresolved {
        Matcher references = ANY.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (references.find()) {
            String value =
                    references.group().equals("$${") ? "${" : one(references).resolve(variables);
            references.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return references.appendTail(resolved).toString();
    }

    /** Whether a value of the text comes from elsewhere. */
    static boolean isIn(String text) {
        return ANY.matcher(text).results().anyMatch(found -> !found.group().equals("$${"));
    }

    /** Whether the text is one reference and nothing else, also no default. */
    static boolean isAllOf(String text) {
        return BARE.matcher(text).matches();
    }

    private static Reference one(Matcher found) throws Unresolved {
        Matcher parts = ONE.matcher(found.group());
        if (!parts.matches()) {
            throw new Unresolved(
                    "a ${ that begins no reference",
                    "${NAME}, ${NAME:default} or ${file:PATH}; a literal ${ is written $${");
        }
        return parts.group("path") != null
                ? new FromFile(parts.group("path"))
                : new Variable(parts.group("name"), Optional.ofNullable(parts.group("fallback")));
    }

    /** Why a reference has no value. Speaks of the reference, never of a value. */
    final class Unresolved extends Exception {
        private final String hint;

        private Unresolved(String message, String hint) {
            super(message, null, false, false);
            this.hint = hint;
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }

        String hint() {
            return hint;
        }
    }
}
