package io.tidemark.view;

import java.io.Console;
import java.util.Map;

/**
 * What the place that is printed to can do.
 *
 * @param interactive whether a person sits there, who can be asked and can see a line redrawn
 * @param colour whether colours may be used
 */
public record Terminal(boolean interactive, boolean colour) {

    /** Of this process; {@code NO_COLOR} and {@code TERM=dumb} are honoured. */
    public static Terminal ofThisProcess(Map<String, String> environment) {
        boolean interactive = isTerminal(System.console());
        boolean colour =
                interactive
                        && environment.getOrDefault("NO_COLOR", "").isEmpty()
                        && !"dumb".equals(environment.get("TERM"));
        return new Terminal(interactive, colour);
    }

    /** From JDK 22 on there is a console even where there is no terminal; it can be asked. */
    private static boolean isTerminal(Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException before22) {
            return true;
        }
    }

    String bold(String text) {
        return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    String green(String text) {
        return colour ? "\u001b[32m" + text + "\u001b[0m" : text;
    }

    String yellow(String text) {
        return colour ? "\u001b[33m" + text + "\u001b[0m" : text;
    }

    String red(String text) {
        return colour ? "\u001b[31m" + text + "\u001b[0m" : text;
    }
}
