package io.tidemark;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

/** Who may know whom: the rooms, as their door plates say, and the libraries each may use. */
class RoomsTest {
    private static final JavaClasses TIDEMARK =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.tidemark");

    @Test
    void roomsUseOnlyTheRoomsTheirDoorPlatesName() {
        ApplicationModules.of(Tidemark.class).verify();
    }

    @Test
    void onlyRunBatchKnowsSpringBatchAndBoot() {
        onlyIn(Set.of("run.batch"), "org.springframework.batch..", "org.springframework.boot..");
    }

    @Test
    void onlyTheSourceOfFunctionGraphAndTheSandboxKnowWhatAFunctionIs() {
        onlyIn(Set.of("source"), "io.tidemark.source.functiongraph..", "io.tidemark.source.http..");
    }

    @Test
    void onlySourceAndSandboxSpeakHttp() {
        onlyIn(Set.of("source", "sandbox"), "java.net.http..", "com.sun.net.httpserver..");
    }

    @Test
    void onlySinkKnowsParquetAndCsv() {
        onlyIn(Set.of("sink"), "org.apache.parquet..", "org.apache.avro..", "com.opencsv..");
    }

    @Test
    void onlySinkLedgerAndTheWiringOfRunSpeakJdbc() {
        onlyIn(
                Set.of("sink", "ledger", "run"),
                "java.sql..",
                "javax.sql..",
                "org.springframework.jdbc..",
                "org.postgresql..",
                "org.h2..");
    }

    @Test
    void onlyJobReadsYaml() {
        onlyIn(Set.of("job"), "org.snakeyaml..", "org.yaml..");
    }

    @Test
    void thePlannerKnowsNoInputOutputClockOrFramework() {
        noClasses()
                .that()
                .resideInAPackage("io.tidemark.plan")
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "java.io..",
                                "java.nio.file..",
                                "java.net.http..",
                                "org.springframework.."))
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(TIDEMARK);
    }

    @Test
    void onlyViewAndCliPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.tidemark.view", "io.tidemark.cli")
                .should()
                .accessFieldWhere(
                        describe(
                                "the process's streams",
                                (JavaFieldAccess access) ->
                                        access.getTargetOwner().isEquivalentTo(System.class)))
                .check(TIDEMARK);
    }

    private static void onlyIn(Set<String> rooms, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        rooms.stream()
                                .map(room -> "io.tidemark." + room + "..")
                                .toArray(String[]::new))
                .should()
                .dependOnClassesThat(resideInAnyPackage(libraries))
                .check(TIDEMARK);
    }
}
