package io.tidemark.job;

import static io.tidemark.job.Decoder.list;
import static io.tidemark.job.Decoder.mapping;
import static io.tidemark.job.Decoder.positiveNumber;
import static io.tidemark.job.Decoder.secret;
import static io.tidemark.job.Decoder.text;
import static io.tidemark.job.Decoder.trueOrFalse;
import static io.tidemark.job.Decoder.wholeNumber;
import static io.tidemark.job.Decoder.wholeNumberFrom;
import static io.tidemark.job.Decoder.word;

import io.tidemark.job.Keys.Choice;
import io.tidemark.job.Keys.Key;
import io.tidemark.window.Every;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.springframework.scheduling.support.CronExpression;

/**
 * What may stand in a job file, from the whole down to its parts. {@code job.schema.json} says the
 * same to editors; a test holds the two together.
 */
final class JobGrammar {
    static final Decoder<JobSpec> JOB = mapping(JobGrammar::job);

    /** A century: nothing behind the job file can overflow when it counts such lengths. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private static final Pattern JOB_NAME = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern TABLE =
            Pattern.compile("([a-z_][a-z0-9_]{0,62}\\.)?[a-z_][a-z0-9_]{0,62}");

    /** Of a function; what its parts may hold, the source knows better. */
    private static final Pattern URN =
            Pattern.compile(
                    "urn:fss:([^%1$s]+):([^%1$s]+):function:([^%1$s]+):([^%1$s]+)(?::(!?[^!%1$s]+))?"
                            .formatted(":\\s\\p{Cc}\\p{Cs}"));

    private static final int LONGEST_URN = 493; // with its version, which may be latest, 500

    private static final Pattern JDBC_URL =
            Pattern.compile("jdbc:postgresql:(//[^/?#\\s]+/)?[^/?#\\s]+(\\?\\S*)?");
    private static final Pattern JDBC_CREDENTIALS =
            Pattern.compile("[^?]*@.*|.*[?&](user|password|sslpassword)=.*");

    private JobGrammar() {}

    private static Supplier<JobSpec> job(Keys job) {
        Key<String> name =
                job.required("job", jobName(), "job: NAME, what state and lease are kept under");
        Key<SourceSpec> source =
                job.required("source", mapping(JobGrammar::source), "where records come from");
        Key<WindowSpec> window =
                job.required("window", mapping(JobGrammar::window), "at least its from");
        Key<List<SinkSpec>> sinks =
                job.required(
                        "sinks",
                        list(
                                mapping(JobGrammar::sink),
                                JobGrammar::place,
                                "lands at the same place as",
                                "- csv: { path: out/csv }"),
                        "a list of csv, ndjson, parquet and postgres");
        Key<Long> maxQuarantined = job.optional("max-quarantined", wholeNumberFrom(0), 0L);
        Key<Optional<String>> schedule = job.optional("schedule", schedule());
        return () ->
                new JobSpec(
                        name.get(),
                        source.get(),
                        window.get(),
                        sinks.get(),
                        maxQuarantined.get(),
                        schedule.get());
    }

    private static Supplier<SourceSpec> source(Keys source) {
        Supplier<? extends SourceSpec.Origin> origin = origin(source);
        boolean sandbox = source.has("sandbox");
        Decoder<List<FeedSelector>> selectors = list(selector(), "[\"*\"] for all");
        Key<List<FeedSelector>> functions =
                sandbox
                        ? source.optional(
                                "functions", selectors, List.of(new FeedSelector.Glob("*")))
                        : source.required(
                                "functions",
                                selectors,
                                "[\"*\"] for all, or [\"default:orders-*\"]");
        Key<List<String>> statuses =
                source.optional(
                        "statuses",
                        list(status(), "[FAIL, DISCARD]; leave it out for all"),
                        List.of());
        Key<Long> pageSize = source.optional("page-size", wholeNumber(1, 500), 500L);
        Key<Optional<Double>> perSecond = source.optional("requests-per-second", positiveNumber());
        Key<Long> connections = source.optional("connections", wholeNumber(1, 1000), 4L);
        return () ->
                new SourceSpec(
                        origin.get(),
                        functions.get(),
                        statuses.get(),
                        Math.toIntExact(pageSize.get()),
                        perSecond
                                .get()
                                .map(OptionalDouble::of)
                                .orElse(sandbox ? OptionalDouble.empty() : OptionalDouble.of(20)),
                        Math.toIntExact(connections.get()));
    }

    private static Supplier<? extends SourceSpec.Origin> origin(Keys source) {
        if (source.has("sandbox")) {
            for (String cloudOnly : List.of("endpoint", "project", "auth")) {
                source.refuseKey(cloudOnly, "does not go with sandbox", "keep one of the two");
            }
            return source.required("sandbox", mapping(JobGrammar::sandbox), "")::get;
        }
        Key<URI> endpoint =
                source.required(
                        "endpoint",
                        server(),
                        "https://functiongraph..., or sandbox: {} in place of endpoint, project and auth");
        Key<String> project =
                source.required(
                        "project",
                        text().where(
                                        matches(PROJECT),
                                        "is not the id of a project",
                                        "letters, digits, _ and -"),
                        "the id of the project, such as ${OTC_PROJECT_ID}");
        Key<SourceSpec.Auth> auth =
                source.required("auth", mapping(JobGrammar::auth), "token, password or aksk");
        return () -> new SourceSpec.Cloud(endpoint.get(), project.get(), auth.get());
    }

    private static Supplier<SourceSpec.BundledSandbox> sandbox(Keys sandbox) {
        Key<Long> functions = sandbox.optional("functions", wholeNumber(1, 10_000), 5L);
        Key<Long> records = sandbox.optional("records", wholeNumber(0, 1_000_000_000), 20_000L);
        Key<Long> days = sandbox.optional("days", wholeNumber(1, 3_650), 7L);
        Key<Long> seed = sandbox.optional("seed", wholeNumber(), 1L);
        Key<Optional<Instant>> until = sandbox.optional("until", instant());
        return () ->
                new SourceSpec.BundledSandbox(
                        Math.toIntExact(functions.get()),
                        records.get(),
                        Math.toIntExact(days.get()),
                        seed.get(),
                        until.get());
    }

    private static Supplier<SourceSpec.Auth> auth(Keys auth) {
        return auth.oneOf(
                        List.of(
                                new Choice<SourceSpec.Auth>(
                                        "token", secret().map(SourceSpec.Token::new)),
                                new Choice<>("password", mapping(JobGrammar::password)),
                                new Choice<>("aksk", mapping(JobGrammar::accessKey))))
                ::get;
    }

    private static Supplier<SourceSpec.Password> password(Keys password) {
        Key<URI> iam = password.required("iam", server(), "https://iam...");
        Key<String> domain = password.required("domain", text(), "the account's domain name");
        Key<String> user = password.required("user", text(), "the user's name");
        Key<Secret> secret = password.required("password", secret(), "password: ${NAME}");
        return () -> new SourceSpec.Password(iam.get(), domain.get(), user.get(), secret.get());
    }

    /** The key's id is no secret and may stand in the file, but nobody needs to see it. */
    private static Supplier<SourceSpec.AccessKey> accessKey(Keys aksk) {
        Key<Secret> accessKey =
                aksk.required("access-key", text().hidden().map(Secret::of), "access-key: ${NAME}");
        Key<Secret> secretKey = aksk.required("secret-key", secret(), "secret-key: ${NAME}");
        Key<Optional<Secret>> securityToken = aksk.optional("security-token", secret());
        return () ->
                new SourceSpec.AccessKey(accessKey.get(), secretKey.get(), securityToken.get());
    }

    private static Supplier<WindowSpec> window(Keys window) {
        Key<TimeBound> from =
                window.required(
                        "from",
                        bound().where(
                                        bound -> !(bound instanceof TimeBound.Now),
                                        "leaves nothing before it to export",
                                        "such as -P30D"),
                        "a date, an instant, or a period back such as -P30D");
        Key<TimeBound> to = window.optional("to", bound(), new TimeBound.Now());
        Key<Every> every =
                window.optional(
                        "every",
                        length("is not a length of time", "such as P1D or PT6H"),
                        Every.parse("P1D").orElseThrow());
        Key<ZoneId> zone = window.optional("zone", zone(), ZoneId.of("UTC"));
        Key<Duration> lag = window.optional("lag", lag(), Duration.ofMinutes(10));
        Key<Optional<Every>> settle = window.optional("settle", settle(), Every.parse("P4D"));
        if (from.isSound()
                && to.isSound()
                && zone.isSound()
                && isEmpty(from.get(), to.get(), zone.get())) {
            window.refuse("to", "is not after from", "windows lie between from and to");
        }
        return () ->
                new WindowSpec(
                        from.get(), to.get(), every.get(), zone.get(), lag.get(), settle.get());
    }

    private static Supplier<? extends SinkSpec> sink(Keys sink) {
        return sink.oneOf(
                        List.of(
                                new Choice<SinkSpec>("csv", mapping(JobGrammar::csv)),
                                new Choice<>("ndjson", mapping(JobGrammar::ndjson)),
                                new Choice<>("parquet", mapping(JobGrammar::parquet)),
                                new Choice<>("postgres", mapping(JobGrammar::postgres))))
                ::get;
    }

    private static Supplier<SinkSpec.Csv> csv(Keys csv) {
        Key<Path> path = csv.required("path", path(), "path: out/csv");
        Key<Boolean> formulaGuard = csv.optional("formula-guard", trueOrFalse(), false);
        return () -> new SinkSpec.Csv(path.get(), formulaGuard.get());
    }

    private static Supplier<SinkSpec.Ndjson> ndjson(Keys ndjson) {
        Key<Path> path = ndjson.required("path", path(), "path: out/ndjson");
        Key<SinkSpec.Packing> compression =
                ndjson.optional(
                        "compression",
                        word(List.of(SinkSpec.Packing.values()), SinkSpec.Packing::word),
                        SinkSpec.Packing.NONE);
        return () -> new SinkSpec.Ndjson(path.get(), compression.get());
    }

    private static Supplier<SinkSpec.Parquet> parquet(Keys parquet) {
        Key<Path> path = parquet.required("path", path(), "path: out/parquet");
        Key<SinkSpec.Compression> compression =
                parquet.optional(
                        "compression",
                        word(List.of(SinkSpec.Compression.values()), SinkSpec.Compression::word),
                        SinkSpec.Compression.ZSTD);
        return () -> new SinkSpec.Parquet(path.get(), compression.get());
    }

    private static Supplier<SinkSpec.Postgres> postgres(Keys postgres) {
        Key<String> url = postgres.required("url", jdbcUrl(), "jdbc:postgresql://HOST/DATABASE");
        Key<Optional<String>> username = postgres.optional("username", text());
        Key<Optional<Secret>> password = postgres.optional("password", secret());
        Key<String> table =
                postgres.required(
                        "table",
                        text().where(
                                        matches(TABLE),
                                        "is not the name of a table",
                                        "table or schema.table, of a-z, 0-9 and _"),
                        "table: async_invocations");
        return () -> new SinkSpec.Postgres(url.get(), username.get(), password.get(), table.get());
    }

    /** What tells two sinks apart, however their places are spelled. */
    private static List<Object> place(SinkSpec sink) {
        return switch (sink) {
            case SinkSpec.Csv csv -> List.of("csv", whole(csv));
            case SinkSpec.Ndjson ndjson -> List.of("ndjson", whole(ndjson));
            case SinkSpec.Parquet parquet -> List.of("parquet", whole(parquet));
            case SinkSpec.Postgres postgres ->
                    List.of(
                            postgres.url().split("\\?", 2)[0],
                            postgres.table().contains(".")
                                    ? postgres.table()
                                    : "public." + postgres.table());
        };
    }

    private static Path whole(SinkSpec.Files files) {
        return files.path().toAbsolutePath().normalize();
    }

    private static Decoder<String> jobName() {
        return text().where(
                        matches(JOB_NAME), "is not a name for a job", "a-z, 0-9 and -, at most 64");
    }

    private static Decoder<FeedSelector> selector() {
        return text().where(
                        text ->
                                !text.startsWith("urn:")
                                        || !isGlob(text)
                                                && text.length() <= LONGEST_URN
                                                && URN.matcher(text).matches(),
                        "is not the whole URN of a function",
                        "urn:fss:REGION:PROJECT:function:PACKAGE:NAME, or a glob such as"
                                + " default:orders-*")
                .where(
                        text -> isGlob(text) || text.contains(":"),
                        "fits no function: it lacks the package",
                        "PACKAGE:NAME, such as default:orders-*")
                .map(FeedSelector::of);
    }

    private static boolean isGlob(String text) {
        return text.contains("*") || text.contains("?");
    }

    private static Decoder<String> status() {
        return word(SourceSpec.STATUSES, status -> status);
    }

    private static Decoder<URI> server() {
        return text().hidden()
                .read(JobGrammar::uri, "is not a URL", "https://HOST")
                .where(
                        uri -> "https".equals(uri.getScheme()) || "http".equals(uri.getScheme()),
                        "is not an HTTP URL",
                        "it begins with https:// or http://")
                .where(
                        uri ->
                                uri.getRawAuthority() == null
                                        || !uri.getRawAuthority().contains("@"),
                        "holds a user or password",
                        "credentials belong under auth")
                .where(
                        uri -> uri.getHost() != null && uri.getPort() <= 65_535,
                        "names no server",
                        "https://HOST or https://HOST:PORT")
                .where(
                        uri -> uri.getRawQuery() == null && uri.getRawFragment() == null,
                        "has something behind ? or #",
                        "end it there")
                .hidden();
    }

    private static Optional<URI> uri(String text) {
        try {
            return Optional.of(new URI(text.replaceFirst("/+$", "")));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static Decoder<String> jdbcUrl() {
        return text().where(
                        text -> !JDBC_CREDENTIALS.matcher(text).matches(),
                        "holds a user or password",
                        "write them as username: NAME and password: ${NAME} beside the url")
                .where(
                        matches(JDBC_URL),
                        "is not the URL of a PostgreSQL database",
                        "jdbc:postgresql://HOST:PORT/DATABASE")
                .hidden();
    }

    private static Decoder<Path> path() {
        return text().where(
                        text -> !text.startsWith("~"),
                        "begins with ~, which only a shell knows",
                        "${HOME} stands for it")
                .read(
                        text -> {
                            try {
                                return Optional.of(Path.of(text));
                            } catch (InvalidPathException e) {
                                return Optional.empty();
                            }
                        },
                        "is not a path",
                        "");
    }

    private static Decoder<TimeBound> bound() {
        return text().read(
                        text ->
                                text.equals("now") || isUpperCase(text)
                                        ? TimeBound.parse(text).filter(JobGrammar::isBearable)
                                        : Optional.empty(),
                        "is no time",
                        "a date such as 2026-10-01, an instant such as 2026-10-01T06:00:00Z,"
                                + " a period back such as -P30D, or now");
    }

    private static Decoder<Instant> instant() {
        return bound().where(
                        JobGrammar::isAbsolute,
                        "is no fixed time",
                        "a date in UTC such as 2026-10-01, or an instant such as"
                                + " 2026-10-01T06:00:00Z")
                .map(bound -> bound.resolve(Instant.EPOCH, ZoneOffset.UTC));
    }

    private static boolean isAbsolute(TimeBound bound) {
        return switch (bound) {
            case TimeBound.OnDate date -> true;
            case TimeBound.AtInstant instant -> true;
            case TimeBound.Back back -> false;
            case TimeBound.Now now -> false;
        };
    }

    private static boolean isEmpty(TimeBound from, TimeBound to, ZoneId zone) {
        return isAbsolute(from)
                && isAbsolute(to)
                && !from.resolve(Instant.EPOCH, zone).isBefore(to.resolve(Instant.EPOCH, zone));
    }

    /** The source writes years with four digits. */
    private static boolean isBearable(TimeBound bound) {
        return switch (bound) {
            case TimeBound.Back(Every length) -> isBearable(length);
            case TimeBound.Now now -> true;
            case TimeBound.OnDate date -> isBearable(date.date().getYear());
            case TimeBound.AtInstant at ->
                    isBearable(at.instant().atOffset(ZoneOffset.UTC).getYear());
        };
    }

    private static boolean isBearable(int year) {
        return 1970 <= year && year <= 9998;
    }

    private static boolean isBearable(Every length) {
        return switch (length) {
            case Every.OfCalendar(var period) ->
                    period.toTotalMonths() <= 12 * 100 && period.getDays() <= LONGEST.toDays();
            case Every.OfClock(Duration duration) -> duration.compareTo(LONGEST) <= 0;
        };
    }

    private static Decoder<Every> length(String complaint, String hint) {
        return text().read(JobGrammar::every, complaint, hint);
    }

    private static Optional<Every> every(String text) {
        return isUpperCase(text)
                ? Every.parse(text).filter(JobGrammar::isBearable)
                : Optional.empty();
    }

    private static Decoder<Optional<Every>> settle() {
        return text().read(
                        text ->
                                Set.of("PT0S", "P0D").contains(text)
                                        ? Optional.of(Optional.<Every>empty())
                                        : every(text).map(Optional::of),
                        "is not a length of time",
                        "such as P4D; PT0S for never");
    }

    private static Decoder<Duration> lag() {
        return text().read(
                        JobGrammar::duration,
                        "is not a length of time",
                        "whole seconds, not negative, such as PT10M or P1D");
    }

    private static Optional<Duration> duration(String text) {
        try {
            return Optional.of(text)
                    .filter(JobGrammar::isUpperCase)
                    .map(Duration::parse)
                    .filter(lag -> !lag.isNegative() && lag.getNano() == 0)
                    .filter(lag -> lag.compareTo(LONGEST) <= 0);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static boolean isUpperCase(String text) {
        return text.equals(text.toUpperCase(Locale.ROOT));
    }

    private static Decoder<ZoneId> zone() {
        return text().read(
                        text -> {
                            try {
                                return Optional.of(ZoneId.of(text));
                            } catch (DateTimeException e) {
                                return Optional.empty();
                            }
                        },
                        "is no time zone",
                        text ->
                                zoneLike(text)
                                        .map(Nearest::question)
                                        .orElse("such as UTC or Europe/Berlin"));
    }

    /** The same but for capitals, the one with this city, or the nearest. */
    private static Optional<String> zoneLike(String text) {
        List<String> zones = ZoneId.getAvailableZoneIds().stream().sorted().toList();
        String city = "/" + text.toLowerCase(Locale.ROOT);
        return zones.stream()
                .filter(zone -> zone.equalsIgnoreCase(text))
                .findFirst()
                .or(() ->
                        zones.stream()
                                .filter(zone -> zone.toLowerCase(Locale.ROOT).endsWith(city))
                                .findFirst())
                .or(() -> Nearest.to(text, zones));
    }

    private static Decoder<String> schedule() {
        return text().where(
                        text ->
                                text.split(" +", -1).length == 6
                                        && CronExpression.isValidExpression(text),
                        "is not a schedule of six fields",
                        "second minute hour day month weekday, such as \"0 15 1 * * *\"");
    }

    private static Predicate<String> matches(Pattern pattern) {
        return pattern.asMatchPredicate();
    }
}
