package io.tidemark.cli;

import io.tidemark.view.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;

/** Asks before something is done. */
final class Approval {
    private Approval() {}

    /**
     * Refuses where there is nobody to ask.
     *
     * @throws Refusal also where the answer is not "yes"
     */
    static void require(PrintStream out, Terminal terminal, boolean given, String question)
            throws Refusal {
        if (given) {
            return;
        }
        if (!terminal.interactive()) {
            throw new Refusal(
                    "this is asked before it is done, and there is no terminal to ask on: give --auto-approve");
        }
        out.print("\n%s Only \"yes\" is taken for it: ".formatted(question));
        out.flush();
        if (!"yes".equals(answer())) {
            throw new Refusal("Not done: the answer was not \"yes\".");
        }
    }

    private static String answer() throws Refusal {
        try {
            // what was typed before the question is no answer to it
            while (System.in.available() > 0) {
                System.in.skipNBytes(System.in.available());
            }
            // not closed: the stream is the process's
            String line =
                    new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()))
                            .readLine();
            return line == null ? "" : line.strip();
        } catch (IOException failure) {
            throw new Refusal("Not done: the answer cannot be read: " + failure.getMessage());
        }
    }
}
