package io.tidemark.job;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The door to job files: YAML in, a {@link JobSpec} or all the file's problems out.
 *
 * <p>Values may hold references: <code>${NAME}</code> and <code>${NAME:default}</code> for a
 * {@linkplain Variables variable}, <code>${file:PATH}</code> for the text of a file without its
 * last line end, <code>$${</code> for a literal <code>${</code>. They are replaced within values
 * only and after the YAML has been parsed; a number may come from a reference.
 */
public final class JobFile {
    /** A thousand functions by their URNs take half of it. */
    private static final int LARGEST = 256 * 1024;

    private JobFile() {}

    /**
     * @throws JobFileException also where the file is not there or cannot be read
     */
    public static JobSpec read(Path file, Variables variables) throws JobFileException {
        Problems problems = new Problems(file.toString());
        Optional<String> yaml = text(file, problems);
        if (yaml.isEmpty()) {
            throw new JobFileException(problems.inOrderOfPosition());
        }
        return parse(yaml.get(), file.toString(), variables);
    }

    /**
     * @param fileName what problems call the text
     */
    public static JobSpec parse(String yaml, String fileName, Variables variables)
            throws JobFileException {
        Problems problems = new Problems(fileName);
        Optional<JobSpec> job =
                NodeReader.read(yaml, problems)
                        .map(root -> new Value(root, "", false, variables, problems))
                        .flatMap(JobGrammar.JOB::decode);
        if (job.isEmpty() || !problems.isEmpty()) {
            throw new JobFileException(problems.inOrderOfPosition());
        }
        return job.get();
    }

    private static Optional<String> text(Path file, Problems problems) {
        if (Files.isDirectory(file)) {
            problems.addForWholeFile("this is a directory", "name one job file in it");
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                problems.addForWholeFile("longer than 256 KiB", "is this a job file?");
                return Optional.empty();
            }
            return utf8(bytes, problems);
        } catch (NoSuchFileException e) {
            problems.addForWholeFile("there is no such file", "job files stand in jobs/");
        } catch (AccessDeniedException e) {
            problems.addForWholeFile("this user may not read the file", "");
        } catch (IOException e) {
            problems.addForWholeFile("the file cannot be read: " + e.getMessage(), "");
        }
        return Optional.empty();
    }

    private static Optional<String> utf8(byte[] bytes, Problems problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        if (decoder.decode(ByteBuffer.wrap(bytes), chars, true).isUnderflow()) {
            return Optional.of(chars.flip().toString());
        }
        String before = chars.flip().toString();
        String line = before.substring(before.lastIndexOf('\n') + 1);
        problems.add(
                new Node.Position(
                        1 + (int) before.chars().filter(c -> c == '\n').count(),
                        1 + line.codePointCount(0, line.length())),
                "",
                "this is not UTF-8",
                "save the file as UTF-8");
        return Optional.empty();
    }
}
