package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mvnw} and {@code tidemark}, on a machine made of fakes whose every path has a space. */
class ScriptsTest {
    private static final String ECHO_MAVEN =
            """
            #!/bin/sh
            [ "$1" = -v ] && { echo "Apache Maven %s"; exit; }
            echo "%s JAVA_HOME=$JAVA_HOME $*"
            """;

    /** All that the scripts may need beside a shell. */
    private static final List<String> TOOLS =
            List.of(
                    "curl",
                    "cut",
                    "dirname",
                    "find",
                    "grep",
                    "gzip",
                    "head",
                    "ln",
                    "mkdir",
                    "mktemp",
                    "mv",
                    "readlink",
                    "rm",
                    "sed",
                    "sha512sum",
                    "shasum",
                    "sleep",
                    "tar",
                    "touch",
                    "true");

    @TempDir Path temp;
    private Path root;
    private Path bin;
    private Path jvms;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void aMachine() throws Exception {
        root = Files.createDirectories(temp.resolve("a checkout"));
        bin = Files.createDirectories(temp.resolve("usr bin"));
        jvms = Files.createDirectories(temp.resolve("usr lib jvm"));
        for (String file :
                List.of(
                        "mvnw",
                        "tidemark",
                        "src/main/sh/find-jdk.sh",
                        "src/main/sh/quick-start.sh")) {
            Path copy = root.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of(file), copy);
        }
        replace("src/main/sh/find-jdk.sh", "/usr/lib/jvm", "\"" + jvms + "\"");
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        whatEveryMachineHas();
        environment.put("PATH", bin.toString());
        environment.put("TIDEMARK_CACHE", "off");
        environment.put("HOME", temp.resolve("a home").toString());
    }

    @Test
    void mvnwRunsAnInstalledMavenThatIsNewEnough() throws Exception {
        jdk(jvms.resolve("jdk-21"), "21.0.4");
        for (String version : List.of("3.8.1", "3.9.11", "3.10.0", "4.0.0-rc-4")) {
            program(bin.resolve("mvn"), ECHO_MAVEN.formatted(version, "installed"));

            assertThat(run("./mvnw", "verify", "-Dx=a b").out())
                    .isEqualTo("installed JAVA_HOME=" + jvms + "/jdk-21 verify -Dx=a b\n");
        }
    }

    @Test
    void mvnwDownloadsMavenOnceWhereTheInstalledOneIsTooOldOrMissing() throws Exception {
        jdk(jvms.resolve("jdk-21"), "21.0.4");
        anArchive();
        program(bin.resolve("mvn"), ECHO_MAVEN.formatted("3.6.3", "installed"));

        Run first = run("./mvnw", "verify");
        environment.put("TIDEMARK_MAVEN_ARCHIVE", "file:///nowhere");
        Files.delete(bin.resolve("mvn"));
        Run second = run("./mvnw", "verify");

        assertThat(first.out()).startsWith("downloaded ").endsWith("verify\n");
        assertThat(first.err())
                .isEqualTo("No Maven 3.8 or newer in PATH; downloading Maven 3.9.11 ...\n");
        assertThat(second).isEqualTo(new Run(0, first.out(), ""));
        assertThat(wrapper()).containsExactly("apache-maven-3.9.11");
    }

    @Test
    void mvnwInstallsNothingThatIsNotTheMavenItExpects() throws Exception {
        jdk(jvms.resolve("jdk-21"), "21.0.4");
        Path archive = anArchive();
        Files.write(archive, new byte[] {1});

        Run run = run("./mvnw", "verify");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("is not what it should be: its SHA-512 is 7b54b668");
        assertThat(wrapper()).isEmpty();
    }

    @Test
    void mvnwSaysWhatToDoWhenMavenCannotBeDownloaded() throws Exception {
        jdk(jvms.resolve("jdk-21"), "21.0.4");
        environment.put("TIDEMARK_MAVEN_ARCHIVE", "file:///nowhere");

        Run run = run("./mvnw", "verify");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err())
                .contains(
                        "could not download file:///nowhere/3.9.11/binaries/apache-maven-3.9.11-bin.tar.gz")
                .contains("Install Maven 3.8 or newer");
        assertThat(wrapper()).isEmpty();
    }

    @Test
    void mvnwMayDownloadSeveralTimesAtOnce() throws Exception {
        jdk(jvms.resolve("jdk-21"), "21.0.4");
        anArchive();

        for (Run run : atOnce(4, "./mvnw", "verify")) {
            assertThat(run.out()).as("%s", run).startsWith("downloaded ");
        }
        assertThat(wrapper()).containsExactly("apache-maven-3.9.11");
        try (Stream<Path> inside = Files.list(installedMaven())) {
            assertThat(inside).containsExactly(installedMaven().resolve("bin"));
        }
    }

    @Test
    void anOldDefaultJavaIsPassedOver() throws Exception {
        program(bin.resolve("mvn"), ECHO_MAVEN.formatted("3.9.9", "mvn"));
        jdk(temp.resolve("old"), "17.0.15");
        Files.createSymbolicLink(bin.resolve("javac"), temp.resolve("old/bin/javac"));
        jdk(jvms.resolve("a jdk-8"), "1.8.0_392");
        jdk(jvms.resolve("b jdk-25"), "25");
        environment.put("JAVA_HOME", temp.resolve("old").toString());

        assertThat(run("./mvnw", "x").out()).isEqualTo("mvn JAVA_HOME=" + jvms + "/b jdk-25 x\n");
    }

    @Test
    void aFittingJdkIsTakenFromJavaHomeThenPathThenSdkman() throws Exception {
        program(bin.resolve("mvn"), ECHO_MAVEN.formatted("3.9.9", "mvn"));
        Path sdkman = jdk(temp.resolve("a home/.sdkman/candidates/java/22-tem"), "22.0.1");
        assertThat(run("./mvnw", "x").out()).isEqualTo("mvn JAVA_HOME=" + sdkman + " x\n");

        Path inPath = jdk(temp.resolve("in path"), "23");
        Files.createSymbolicLink(bin.resolve("javac"), inPath.resolve("bin/javac"));
        assertThat(run("./mvnw", "x").out())
                .isEqualTo("mvn JAVA_HOME=" + inPath.toRealPath() + " x\n");

        Path home = jdk(temp.resolve("java home"), "21");
        environment.put("JAVA_HOME", home.toString());
        assertThat(run("./mvnw", "x").out()).isEqualTo("mvn JAVA_HOME=" + home + " x\n");
    }

    @Test
    void withoutAFittingJdkBothSayWhatWasFoundAndWhatToDo() throws Exception {
        jdk(jvms.resolve("jdk-17"), "17.0.15");

        for (String script : List.of("./mvnw", "./tidemark")) {
            Run run = run(script, "plan");

            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.err())
                    .contains("needs a JDK of version 21 or newer")
                    .contains("17 in " + jvms.resolve("jdk-17"));
        }
    }

    @Test
    void tidemarkBuildsWhenItMustAndOnlyThen() throws Exception {
        aProjectThatCanBeBuilt("");

        Run first = run("./tidemark", "plan", "a b.yaml");
        assertThat(first.exit()).isZero();
        assertThat(first.out())
                .endsWith(" -jar " + root.toRealPath() + "/target/tidemark.jar plan a b.yaml\n");
        assertThat(first.err()).isEqualTo("Building Tidemark (first run only) ...\n");

        assertThat(run("./tidemark", "plan", "a b.yaml")).isEqualTo(new Run(0, first.out(), ""));

        Files.setLastModifiedTime(
                root.resolve("target/tidemark.jar"), FileTime.from(Instant.EPOCH));
        assertThat(run("./tidemark", "plan").err())
                .startsWith("Building Tidemark, its sources have changed ...\n");
        assertThat(run("./tidemark", "plan").err()).isEmpty();
    }

    @Test
    void tidemarkRunsThroughLinksFromAnywhereAndIsReplacedByJava() throws Exception {
        aProjectThatCanBeBuilt("");
        Path link = Files.createSymbolicLink(temp.resolve("link"), root.resolve("tidemark"));
        Files.createSymbolicLink(bin.resolve("tidemark"), Path.of("..", "link"));
        program(jvms.resolve("jdk-21/bin/java"), "#!/bin/sh\necho $$ in $PWD\n");
        run("./tidemark");

        Process process = start(temp.resolve("usr lib jvm"), link.toString(), "apply");

        assertThat(output(process).out())
                .isEqualTo(process.pid() + " in " + jvms.toRealPath() + "\n");
        assertThat(run("tidemark", "plan").exit()).isZero();
    }

    @Test
    void whereTheUsersShellLooksForDirectoriesLeadsNobodyAstray() throws Exception {
        aProjectThatCanBeBuilt("");
        String name = String.valueOf(root.getFileName());
        Path elsewhere = Files.createDirectories(temp.resolve("elsewhere").resolve(name));
        environment.put("CDPATH", elsewhere.getParent() + ":" + root.getParent());

        for (String script : List.of("mvnw", "tidemark")) {
            Run run = output(start(root.toRealPath().getParent(), name + "/" + script, "-v"));
            assertThat(run.exit()).as("%s", run).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LANG, '', C.UTF-8",
        "LANG, POSIX, C.UTF-8",
        "LC_ALL, C, C.UTF-8",
        "LANG, de_DE.UTF-8, as it was",
        "LC_CTYPE, de_DE.ISO-8859-1, as it was"
    })
    void javaIsNotLeftWithAsciiWhereNobodySetALanguage(String name, String value, String expected)
            throws Exception {
        aProjectThatCanBeBuilt("");
        program(jvms.resolve("jdk-21/bin/java"), "#!/bin/sh\necho \"${LC_ALL-as it was}\"\n");
        environment.put(name, value);

        assertThat(run("./tidemark", "plan").out()).isEqualTo(expected + "\n");
    }

    @Test
    void tidemarkPassesOptionsOnToJava() throws Exception {
        aProjectThatCanBeBuilt("");
        environment.put("TIDEMARK_JAVA_OPTS", "-Xmx1g s*");

        assertThat(run("./tidemark", "apply").out()).contains(" -Xmx1g s* -jar ");
    }

    @Test
    void twoFirstRunsAtOnceBuildOnce() throws Exception {
        aProjectThatCanBeBuilt("");

        List<Run> runs = atOnce(2, "./tidemark", "plan");

        assertThat(runs).allMatch(run -> run.exit() == 0);
        assertThat(runs).filteredOn(run -> run.err().contains("Building")).hasSize(1);
        assertThat(root.resolve("target/building")).doesNotExist();
    }

    @Test
    void theLockOfABuildThatDiedStopsNobody() throws Exception {
        aProjectThatCanBeBuilt("");
        Process dead = start(root, "true");
        dead.waitFor();
        Files.createDirectories(root.resolve("target"));
        Files.createSymbolicLink(root.resolve("target/building"), Path.of("" + dead.pid()));

        assertThat(run("./tidemark", "plan").exit()).isZero();
    }

    @Test
    void aBuildThatFailsIsTriedAgainTheNextTime() throws Exception {
        aProjectThatCanBeBuilt("exit 1");

        Run run = run("./tidemark", "plan");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("[ERROR] maven speaks\ntidemark: the build failed")
                .endsWith("/target/build.log\n");

        aProjectThatCanBeBuilt("");
        assertThat(run("./tidemark", "plan").exit()).isZero();
    }

    private void whatEveryMachineHas() throws IOException {
        for (String tool : TOOLS) {
            for (Path place : List.of(Path.of("/bin"), Path.of("/usr/bin"))) {
                if (Files.isExecutable(place.resolve(tool))) {
                    program(
                            bin.resolve(tool),
                            "#!/bin/sh\nexec %s \"$@\"\n".formatted(place.resolve(tool)));
                }
            }
        }
    }

    private Path jdk(Path home, String version) throws IOException {
        program(home.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
        return home;
    }

    /** A JDK that says what it was told, and a Maven that makes the jar. */
    private void aProjectThatCanBeBuilt(String failure) throws IOException {
        Path home = jdk(jvms.resolve("jdk-21"), "21.0.4");
        program(home.resolve("bin/java"), "#!/bin/sh\necho \"java $*\"\n");
        program(
                bin.resolve("mvn"),
                """
                #!/bin/sh
                [ "$1" = -v ] && { echo "Apache Maven 3.9.9"; exit; }
                echo "[ERROR] maven speaks"
                %s
                while [ "$1" != -f ]; do shift; done
                jar=$(dirname "$2")/target/tidemark.jar
                [ -f "$jar" ] || touch "$jar" # Maven leaves a jar whose content is right
                """
                        .formatted(failure));
    }

    /** What archive.apache.org holds, with a Maven that mvnw takes for the real one. */
    private Path anArchive() throws Exception {
        Path maven = temp.resolve("made/apache-maven-3.9.11/bin/mvn");
        program(maven, ECHO_MAVEN.formatted("3.9.11", "downloaded"));
        Path archive = temp.resolve("archive/3.9.11/binaries/apache-maven-3.9.11-bin.tar.gz");
        Files.createDirectories(archive.getParent());
        assertThat(
                        run(
                                        "tar",
                                        "-czf",
                                        archive.toString(),
                                        "-C",
                                        temp.resolve("made").toString(),
                                        "apache-maven-3.9.11")
                                .exit())
                .isZero();
        environment.put("TIDEMARK_MAVEN_ARCHIVE", temp.resolve("archive").toUri().toString());
        byte[] sha512 = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(archive));
        Path mvnw = root.resolve("mvnw");
        Files.writeString(
                mvnw,
                Files.readString(mvnw)
                        .replaceFirst(
                                "maven_sha512=\\w+",
                                "maven_sha512=" + HexFormat.of().formatHex(sha512)));
        return archive;
    }

    private Path installedMaven() {
        return temp.resolve("a home/.m2/wrapper/apache-maven-3.9.11");
    }

    private List<String> wrapper() throws IOException {
        try (Stream<Path> files = Files.list(installedMaven().getParent())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private void replace(String file, String what, String by) throws IOException {
        Path path = root.resolve(file);
        String text = Files.readString(path);
        assertThat(text).contains(" " + what + "/");
        Files.writeString(path, text.replace(" " + what + "/", " " + by + "/"));
    }

    private static void program(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Run run(String... command) throws Exception {
        return output(start(root, command));
    }

    private List<Run> atOnce(int count, String... command) throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            processes.add(start(root, command));
        }
        List<Run> runs = new ArrayList<>();
        for (Process process : processes) {
            runs.add(output(process));
        }
        return runs;
    }

    private Process start(Path directory, String... command) throws IOException {
        List<String> viaEnv = new ArrayList<>(List.of("/usr/bin/env", "-i"));
        environment.forEach((name, value) -> viaEnv.add(name + "=" + value));
        viaEnv.addAll(List.of(command));
        return new ProcessBuilder(viaEnv).directory(directory.toFile()).start();
    }

    private static Run output(Process process) throws Exception {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), out, err);
    }

    private record Run(int exit, String out, String err) {}
}
