package io.tidemark;

import io.tidemark.cli.Main;
import org.springframework.modulith.Modulithic;

/** The program: {@code tidemark --help} says what it can do. */
@Modulithic
public final class Tidemark {
    private Tidemark() {}

    public static void main(String[] args) {
        System.exit(Main.run(args));
    }
}
