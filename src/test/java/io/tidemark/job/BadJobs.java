package io.tidemark.job;

import java.util.List;

/**
 * The table of bad job files.
 *
 * @param what is wrong, as a sentence's end: "a bad file is answered with ..."
 * @param seenBySchema whether a JSON Schema can know it too
 * @param problems every line of the answer
 */
record BadJobs(String what, String yaml, boolean seenBySchema, List<String> problems) {
    static final String CLOUD =
            """
            job: nightly
            source:
              endpoint: https://fg.example.com
              project: p1
              auth:
                token: ${TOKEN}
              functions: ["default:*"]
              page-size: 500
            window:
              from: 2026-10-01
              to: 2026-10-08
            sinks:
              - csv: { path: out/csv }
              - postgres:
                  url: jdbc:postgresql://db/audit
                  password: ${PASSWORD}
                  table: calls
            """;

    static final String SANDBOX =
            """
            job: demo
            source:
              sandbox: {}
            window:
              from: -P7D
            sinks:
              - parquet: { path: out }
            """;

    static final List<BadJobs> ALL =
            List.of(
                    // the file
                    blind(
                            "an empty file",
                            "",
                            "x.yaml:1:1: the file is empty (it begins with job: NAME)"),
                    bad(
                            "a file of one word",
                            "hello",
                            "x.yaml:1:1: expected a mapping (key: value), found text"),
                    bad(
                            "nothing but a name",
                            "job: x",
                            "x.yaml:1:1: /source: missing (where records come from)",
                            "x.yaml:1:1: /window: missing (at least its from)",
                            "x.yaml:1:1: /sinks: missing (a list of csv, ndjson, parquet and postgres)"),
                    blind(
                            "broken YAML",
                            "job: x\nsource: [1, 2\nwindow: y",
                            "x.yaml:3:7: broken YAML: expected ',' or ']', but got :"),
                    blind(
                            "a tab",
                            "job: x\nsource:\n\tsandbox: {}",
                            "x.yaml:3:1: broken YAML: found character '\\t(TAB)' that cannot start any"
                                    + " token. (Do not use \\t(TAB) for indentation)"),
                    blind(
                            "a control character",
                            "job: x\nsource: \u0007",
                            "x.yaml:2:9: a character that YAML does not allow: U+0007 (remove it)"),
                    blind(
                            "a second document",
                            SANDBOX + "---\njob: y\n",
                            "x.yaml:8:1: a second document (one file holds one job)"),
                    blind(
                            "nesting without end",
                            "a: " + "[".repeat(40),
                            "x.yaml:1:23: lists and mappings are nested too deep"),
                    cloud(
                            "a key that stands twice",
                            false,
                            "page-size: 500",
                            "project: p2",
                            "x.yaml:8:3: /source/project: this key stands twice (first in line 4)"),
                    cloud(
                            "an anchor and its alias",
                            false,
                            "page-size: 500\nwindow:\n  from: 2026-10-01\n  to: 2026-10-08",
                            "page-size: 500\nwindow:\n  from: &day 2026-10-01\n  to: *day",
                            "x.yaml:10:9: /window/from: YAML anchors are not used in job files (a text"
                                    + " that begins with & needs quotes)",
                            "x.yaml:11:7: /window/to: YAML aliases are not used in job files (a text"
                                    + " that begins with * needs quotes)"),
                    cloud(
                            "a tag",
                            false,
                            "page-size: 500",
                            "page-size: !!int 500",
                            "x.yaml:8:14: /source/page-size: YAML tags are not used in job files (a text"
                                    + " that begins with ! needs quotes)"),
                    cloud(
                            "a star without quotes",
                            false,
                            "[\"default:*\"]",
                            "[*]",
                            "x.yaml:7:16: broken YAML: unexpected character found ](93) (a text that"
                                    + " begins with * needs quotes)"),
                    cloud(
                            "a reference without quotes within braces",
                            false,
                            "{ path: out/csv }",
                            "{ path: ${WORD} }",
                            "x.yaml:13:19: broken YAML: expected ',' or '}', but got { (within { } and"
                                    + " [ ] a reference needs quotes: \"${NAME}\")"),
                    cloud(
                            "a mapping as a key",
                            false,
                            "page-size: 500",
                            "? { a: b }\n  : c",
                            "x.yaml:8:5: /source: a key is a word, not a list or mapping"),
                    // keys
                    cloud(
                            "a misspelled key, known to be the one that lacks",
                            true,
                            "project: p1",
                            "projekt: p1",
                            "x.yaml:4:3: /source/projekt: unknown key (did you mean project?)"),
                    cloud(
                            "a key of nowhere",
                            true,
                            "page-size: 500",
                            "colour/size~: blue",
                            "x.yaml:8:3: /source/colour~1size~0: unknown key (known here: sandbox,"
                                    + " endpoint, project, auth, functions, statuses, page-size,"
                                    + " requests-per-second, connections)"),
                    cloud(
                            "a value that is not there",
                            true,
                            "page-size: 500",
                            "page-size:",
                            "x.yaml:8:13: /source/page-size: expected a whole number from 1 to 500, found"
                                    + " nothing (give it a value, or leave it out)"),
                    cloud(
                            "no functions",
                            true,
                            "functions: [\"default:*\"]",
                            "connections: 1",
                            "x.yaml:3:3: /source/functions: missing ([\"*\"] for all, or"
                                    + " [\"default:orders-*\"])"),
                    // alternatives
                    sandbox(
                            "sandbox and endpoint",
                            true,
                            "sandbox: {}",
                            "endpoint: https://h\n  sandbox: {}\n  auth: { token: x }",
                            "x.yaml:3:3: /source/endpoint: does not go with sandbox (keep one of the two)",
                            "x.yaml:5:3: /source/auth: does not go with sandbox (keep one of the two)"),
                    cloud(
                            "two ways to authenticate",
                            true,
                            "token: ${TOKEN}",
                            "token: ${TOKEN}\n    aksk: { access-key: a, secret-key: \"${TOKEN}\" }",
                            "x.yaml:7:5: /source/auth/aksk: does not go with token (keep one)"),
                    cloud(
                            "no way to authenticate",
                            true,
                            "auth:\n    token: ${TOKEN}",
                            "auth: {}",
                            "x.yaml:5:9: /source/auth: one of token, password, aksk is missing"),
                    cloud(
                            "a misspelled sink",
                            true,
                            "- csv:",
                            "- cvs:",
                            "x.yaml:13:5: /sinks/0/cvs: unknown key (known here: csv, ndjson, parquet, postgres)",
                            "x.yaml:13:5: /sinks/0: one of csv, ndjson, parquet, postgres is missing"),
                    cloud(
                            "a sink that is two",
                            true,
                            "- csv: { path: out/csv }",
                            "- csv: { path: out/csv }\n    parquet: { path: out }",
                            "x.yaml:14:5: /sinks/0/parquet: does not go with csv (keep one)"),
                    cloud(
                            "two sinks at one place, spelled differently",
                            false,
                            "  - postgres:",
                            "  - csv: { path: ./out//x/../csv }\n  - postgres:",
                            "x.yaml:14:5: /sinks/1: lands at the same place as /sinks/0 (keep one)"),
                    cloud(
                            "one table twice",
                            false,
                            "    password: ${PASSWORD}\n      table: calls",
                            "    table: calls\n  - postgres: { url: \"jdbc:postgresql://db/audit?ssl=true\", table: public.calls }",
                            "x.yaml:17:5: /sinks/2: lands at the same place as /sinks/1 (keep one)"),
                    sandbox(
                            "no sinks",
                            true,
                            "sinks:\n  - parquet: { path: out }",
                            "sinks: []",
                            "x.yaml:6:8: /sinks: the list is empty (- csv: { path: out/csv })"),
                    // types and ranges
                    size("0", "'0' is not a whole number from 1 to 500"),
                    size("501", "'501' is not a whole number from 1 to 500"),
                    size("500.7", "'500.7' is not a whole number from 1 to 500"),
                    size("many", "'many' is not a whole number from 1 to 500"),
                    size(
                            "\"5\"",
                            "expected a whole number from 1 to 500, found text (without quotes)"),
                    size(
                            "[5]",
                            "expected a whole number from 1 to 500, found a list (without quotes)"),
                    size("true", "'true' is not a whole number from 1 to 500"),
                    size(
                            "99999999999999999999",
                            "'99999999999999999999' is not a whole number from 1 to 500"),
                    sizeFromVariable(
                            "${WORD}",
                            "the value of '${WORD}' is not a whole number from 1 to 500"),
                    sizeFromVariable(
                            "${YAML}",
                            "the value of '${YAML}' is not a whole number from 1 to 500"),
                    sizeFromVariable(
                            "${SISE}", "${SISE} is not set (--var gives SIZE, is that the one?)"),
                    sizeFromVariable(
                            "${NOBODY_SET_THIS}",
                            "${NOBODY_SET_THIS} is not set (set NOBODY_SET_THIS in the environment or"
                                    + " give --var NOBODY_SET_THIS=VALUE)"),
                    sizeFromVariable(
                            "${not a name}",
                            "a ${ that begins no reference (${NAME}, ${NAME:default} or ${file:PATH}; a"
                                    + " literal ${ is written $${)"),
                    sizeFromVariable(
                            "${file:/no/such/file}",
                            "${file:/no/such/file} cannot be read (there is no such file)"),
                    source("connections: 0", "'0' is not a whole number from 1 to 1000"),
                    source("requests-per-second: 0", "'0' is not a number above 0"),
                    source("requests-per-second: -1.5", "'-1.5' is not a number above 0"),
                    source("requests-per-second: fast", "'fast' is not a number above 0"),
                    source(
                            "statuses: []",
                            "the list is empty ([FAIL, DISCARD]; leave it out for all)"),
                    cloud(
                            "words that are no statuses",
                            true,
                            "page-size: 500",
                            "statuses: [FAIL, FAILED, success, UNKNOWN, 4]",
                            "x.yaml:8:20: /source/statuses/1: 'FAILED' is not one of WAIT, RUNNING,"
                                    + " SUCCESS, FAIL, DISCARD (did you mean FAIL?)",
                            "x.yaml:8:28: /source/statuses/2: 'success' is not one of WAIT, RUNNING,"
                                    + " SUCCESS, FAIL, DISCARD (did you mean SUCCESS?)",
                            "x.yaml:8:37: /source/statuses/3: 'UNKNOWN' is not one of WAIT, RUNNING,"
                                    + " SUCCESS, FAIL, DISCARD",
                            "x.yaml:8:46: /source/statuses/4: expected text, found a number (put text in"
                                    + " quotes: \"...\")"),
                    cloud(
                            "the same status twice",
                            true,
                            "page-size: 500",
                            "statuses: [FAIL, FAIL]",
                            "x.yaml:8:20: /source/statuses/1: the same as /source/statuses/0 (keep one)"),
                    cloud(
                            "functions that fit nothing",
                            false,
                            "[\"default:*\"]",
                            "[orders, \"urn:fss:eu-de:p1:function:default:orders-*\"]",
                            "x.yaml:7:15: /source/functions/0: 'orders' fits no function: it lacks the"
                                    + " package (PACKAGE:NAME, such as default:orders-*)",
                            "x.yaml:7:23: /source/functions/1:"
                                    + " 'urn:fss:eu-de:p1:function:default:orders-*' is not the whole URN"
                                    + " of a function (urn:fss:REGION:PROJECT:function:PACKAGE:NAME, or a"
                                    + " glob such as default:orders-*)"),
                    cloud(
                            "one function that is no list",
                            true,
                            "[\"default:*\"]",
                            "\"*\"",
                            "x.yaml:7:14: /source/functions: expected a list, found text ([\"*\"] for"
                                    + " all)"),
                    cloud(
                            "a job's name with capitals",
                            true,
                            "job: nightly",
                            "job: Nightly",
                            "x.yaml:1:6: /job: 'Nightly' is not a name for a job (a-z, 0-9 and -, at"
                                    + " most 64)"),
                    cloud(
                            "a project that would leave its place in the path",
                            true,
                            "project: p1",
                            "project: ../p1",
                            "x.yaml:4:12: /source/project: '../p1' is not the id of a project (letters,"
                                    + " digits, _ and -)"),
                    cloud(
                            "an empty variable",
                            false,
                            "project: p1",
                            "project: ${EMPTY}",
                            "x.yaml:4:12: /source/project: the value of '${EMPTY}' is empty"),
                    cloud(
                            "a negative number of quarantined records",
                            true,
                            "sinks:",
                            "max-quarantined: -1\nsinks:",
                            "x.yaml:12:18: /max-quarantined: '-1' is not a whole number, at least 0"),
                    cloud(
                            "a schedule of five fields",
                            true,
                            "sinks:",
                            "schedule: 15 1 * * *\nsinks:",
                            "x.yaml:12:11: /schedule: '15 1 * * *' is not a schedule of six fields"
                                    + " (second minute hour day month weekday, such as \"0 15 1 * * *\")"),
                    cloud(
                            "a schedule at 25 o'clock",
                            false,
                            "sinks:",
                            "schedule: 0 0 25 * * *\nsinks:",
                            "x.yaml:12:11: /schedule: '0 0 25 * * *' is not a schedule of six fields"
                                    + " (second minute hour day month weekday, such as \"0 15 1 * * *\")"),
                    // places
                    endpoint(
                            "ftp://fg.example.com",
                            true,
                            "is not an HTTP URL (it begins with https:// or http://)"),
                    endpoint(
                            "fg.example.com",
                            true,
                            "is not an HTTP URL (it begins with https:// or http://)"),
                    endpoint("https://", true, "is not a URL (https://HOST)"),
                    endpoint(
                            "https:///x",
                            true,
                            "names no server (https://HOST or https://HOST:PORT)"),
                    endpoint(
                            "https://h:99999",
                            false,
                            "names no server (https://HOST or https://HOST:PORT)"),
                    endpoint(
                            "https://me:" + Jobs.CANARY + "@h",
                            true,
                            "holds a user or password (credentials belong under auth)"),
                    endpoint(
                            "${LEAKY_URL}",
                            false,
                            "holds a user or password (credentials belong under auth)"),
                    endpoint("https://h/?x=1", true, "has something behind ? or # (end it there)"),
                    endpoint("https://h/#x", true, "has something behind ? or # (end it there)"),
                    endpoint("https://h h", false, "is not a URL (https://HOST)"),
                    jdbc(
                            "jdbc:mysql://db/audit",
                            true,
                            "is not the URL of a PostgreSQL database (jdbc:postgresql://HOST:PORT/DATABASE)"),
                    jdbc(
                            "jdbc:postgresql://db",
                            false,
                            "is not the URL of a PostgreSQL database (jdbc:postgresql://HOST:PORT/DATABASE)"),
                    jdbc(
                            "jdbc:postgresql://me:" + Jobs.CANARY + "@db/audit",
                            true,
                            "holds a user or password (write them as username: NAME and password: ${NAME} beside the url)"),
                    jdbc(
                            "jdbc:postgresql://db/audit?ssl=true&password=" + Jobs.CANARY,
                            true,
                            "holds a user or password (write them as username: NAME and password: ${NAME} beside the url)"),
                    jdbc(
                            "jdbc:postgresql://db/audit?user=me",
                            true,
                            "holds a user or password (write them as username: NAME and password: ${NAME} beside the url)"),
                    jdbc(
                            "${LEAKY_JDBC}",
                            false,
                            "holds a user or password (write them as username: NAME and password: ${NAME} beside the url)"),
                    table("Calls"),
                    table("a.b.c"),
                    table("calls;drop"),
                    table("1st"),
                    table("x".repeat(64)),
                    cloud(
                            "a project of any length",
                            true,
                            "project: p1",
                            "project: " + "é".repeat(200),
                            "x.yaml:4:12: /source/project: '"
                                    + "é".repeat(100)
                                    + "...' is not the id of a project (letters, digits, _ and -)"),
                    cloud(
                            "a path that only a shell knows",
                            true,
                            "out/csv",
                            "~/csv",
                            "x.yaml:13:18: /sinks/0/csv/path: '~/csv' begins with ~, which only a shell"
                                    + " knows (${HOME} stands for it)"),
                    sandbox(
                            "a compression of elsewhere",
                            true,
                            "path: out",
                            "path: out, compression: ZSTD",
                            "x.yaml:7:40: /sinks/0/parquet/compression: 'ZSTD' is not one of zstd,"
                                    + " snappy, none (did you mean zstd?)"),
                    sandbox(
                            "a sandbox of no days, without an end",
                            true,
                            "sandbox: {}",
                            "sandbox: { days: 0, until: -P1D, records: -1, seed: x }",
                            "x.yaml:3:20: /source/sandbox/days: '0' is not a whole number from 1 to 3650",
                            "x.yaml:3:30: /source/sandbox/until: '-P1D' is no fixed time (a date in UTC"
                                    + " such as 2026-10-01, or an instant such as 2026-10-01T06:00:00Z)",
                            "x.yaml:3:45: /source/sandbox/records: '-1' is not a whole number from 0 to"
                                    + " 1000000000",
                            "x.yaml:3:55: /source/sandbox/seed: 'x' is not a whole number"),
                    // time
                    from("2026-02-30", false),
                    from("yesterday", true),
                    from("2026-10-01T00:00:00", false),
                    from("2026-10-01T00:00:00.5Z", false),
                    from("-P", false),
                    from("-p30d", true),
                    from("0001-01-01", false),
                    from("-P2000Y", false),
                    cloud(
                            "a range from now on",
                            true,
                            "from: 2026-10-01",
                            "from: now",
                            "x.yaml:10:9: /window/from: 'now' leaves nothing before it to export (such as"
                                    + " -P30D)"),
                    cloud(
                            "a range that ends where it begins, in the zone's time",
                            false,
                            "to: 2026-10-08",
                            "to: 2026-09-30T22:00:00Z\n  zone: Europe/Berlin",
                            "x.yaml:11:7: /window/to: is not after from (windows lie between from and"
                                    + " to)"),
                    window(
                            "zone: Europe/Berln",
                            false,
                            "'Europe/Berln' is no time zone (did you mean Europe/Berlin?)"),
                    window(
                            "zone: berlin",
                            false,
                            "'berlin' is no time zone (did you mean Europe/Berlin?)"),
                    window("zone: utc", false, "'utc' is no time zone (did you mean UTC?)"),
                    window(
                            "zone: ISTANBUL",
                            false,
                            "'ISTANBUL' is no time zone (did you mean Asia/Istanbul?)"),
                    window(
                            "zone: Middle-earth",
                            false,
                            "'Middle-earth' is no time zone (such as UTC or Europe/Berlin)"),
                    window("every: 1d", true, "'1d' is not a length of time (such as P1D or PT6H)"),
                    window(
                            "every: PT0S",
                            false,
                            "'PT0S' is not a length of time (such as P1D or PT6H)"),
                    window(
                            "every: -P1D",
                            true,
                            "'-P1D' is not a length of time (such as P1D or PT6H)"),
                    window(
                            "every: P999999999Y",
                            false,
                            "'P999999999Y' is not a length of time (such as P1D or PT6H)"),
                    window(
                            "lag: -PT1M",
                            true,
                            "'-PT1M' is not a length of time (whole seconds, not negative, such as PT10M or P1D)"),
                    window(
                            "lag: PT-1M",
                            false,
                            "'PT-1M' is not a length of time (whole seconds, not negative, such as PT10M or P1D)"),
                    window(
                            "lag: PT0.5S",
                            false,
                            "'PT0.5S' is not a length of time (whole seconds, not negative, such as PT10M or P1D)"),
                    window(
                            "lag: 10",
                            true,
                            "expected text, found a number (put text in quotes: \"...\")"),
                    window(
                            "settle: never",
                            true,
                            "'never' is not a length of time (such as P4D; PT0S for never)"),
                    // secrets
                    token(Jobs.CANARY),
                    token("${TOKEN:" + Jobs.CANARY + "}"),
                    token(Jobs.CANARY + "${TOKEN}"),
                    token("|\n      ${TOKEN}"),
                    token("4711"),
                    cloud(
                            "a secret that is empty",
                            false,
                            "${TOKEN}",
                            "${EMPTY}",
                            "x.yaml:6:12: /source/auth/token: the value of '${EMPTY}' is empty"),
                    cloud(
                            "a secret of two lines",
                            false,
                            "${TOKEN}",
                            "${LINES}",
                            "x.yaml:6:12: /source/auth/token: the value of '${LINES}' holds a control"
                                    + " character or a line break"),
                    cloud(
                            "a list of secrets",
                            true,
                            "token: ${TOKEN}",
                            "token: [" + Jobs.CANARY + "]",
                            "x.yaml:6:12: /source/auth/token: expected a reference to a secret, found a"
                                    + " list (write ${NAME} or ${file:/run/secrets/NAME})"),
                    cloud(
                            "a password for the database",
                            true,
                            "${PASSWORD}",
                            Jobs.CANARY,
                            "x.yaml:16:17: /sinks/1/postgres/password: a secret must be a reference,"
                                    + " without a default and without text beside it (write ${NAME} or"
                                    + " ${file:/run/secrets/NAME})"),
                    cloud(
                            "a secret taken for a tag",
                            false,
                            "token: ${TOKEN}",
                            "token: !" + Jobs.CANARY + "!x",
                            "x.yaml:6:12: broken YAML: an unknown tag"),
                    // all at once, in order
                    bad(
                            "a file with much wrong",
                            """
                            jobb: x
                            source:
                              endpoint: fg.example.com
                              auth: { token: abc }
                              functions: []
                            window: { from: x, to: y, zone: 5, lag: 1, settle: 2 }
                            sinks: [ csv, { csv: { path: "" } } ]
                            """,
                            "x.yaml:1:1: /jobb: unknown key (did you mean job?)",
                            "x.yaml:3:3: /source/project: missing (the id of the project, such as"
                                    + " ${OTC_PROJECT_ID})",
                            "x.yaml:3:13: /source/endpoint: the value is not an HTTP URL (it begins with"
                                    + " https:// or http://)",
                            "x.yaml:4:18: /source/auth/token: a secret must be a reference, without a"
                                    + " default and without text beside it (write ${NAME} or"
                                    + " ${file:/run/secrets/NAME})",
                            "x.yaml:5:14: /source/functions: the list is empty ([\"*\"] for all)",
                            "x.yaml:6:17: /window/from: 'x' is no time (a date such as 2026-10-01, an"
                                    + " instant such as 2026-10-01T06:00:00Z, a period back such as"
                                    + " -P30D, or now)",
                            "x.yaml:6:24: /window/to: 'y' is no time (a date such as 2026-10-01, an"
                                    + " instant such as 2026-10-01T06:00:00Z, a period back such as"
                                    + " -P30D, or now)",
                            "x.yaml:6:33: /window/zone: expected text, found a number (put text in quotes: \"...\")",
                            "x.yaml:6:41: /window/lag: expected text, found a number (put text in"
                                    + " quotes: \"...\")",
                            "x.yaml:6:52: /window/settle: expected text, found a number (put text in"
                                    + " quotes: \"...\")",
                            "x.yaml:7:10: /sinks/0: expected a mapping (key: value), found text",
                            "x.yaml:7:30: /sinks/1/csv/path: '' is empty"));

    private static BadJobs bad(String what, String yaml, String... problems) {
        return new BadJobs(what, yaml, true, List.of(problems));
    }

    private static BadJobs blind(String what, String yaml, String... problems) {
        return new BadJobs(what, yaml, false, List.of(problems));
    }

    private static BadJobs cloud(
            String what, boolean seenBySchema, String good, String bad, String... problems) {
        return altered(CLOUD, what, seenBySchema, good, bad, problems);
    }

    private static BadJobs sandbox(
            String what, boolean seenBySchema, String good, String bad, String... problems) {
        return altered(SANDBOX, what, seenBySchema, good, bad, problems);
    }

    private static BadJobs altered(
            String job,
            String what,
            boolean seenBySchema,
            String good,
            String bad,
            String... problems) {
        if (!job.contains(good)) {
            throw new IllegalArgumentException("not in the good job: " + good);
        }
        return new BadJobs(what, job.replace(good, bad), seenBySchema, List.of(problems));
    }

    private static BadJobs size(String size, String problem) {
        return cloud(
                "page-size " + size,
                true,
                "page-size: 500",
                "page-size: " + size,
                "x.yaml:8:14: /source/page-size: " + problem);
    }

    private static BadJobs sizeFromVariable(String size, String problem) {
        return cloud(
                "page-size " + size,
                false,
                "page-size: 500",
                "page-size: " + size,
                "x.yaml:8:14: /source/page-size: " + problem);
    }

    private static BadJobs source(String entry, String problem) {
        return entry("page-size: 500", 8, "/source/", entry, true, problem);
    }

    private static BadJobs window(String entry, boolean seenBySchema, String problem) {
        return entry("to: 2026-10-08", 11, "/window/", entry, seenBySchema, problem);
    }

    private static BadJobs entry(
            String good,
            int line,
            String path,
            String entry,
            boolean seenBySchema,
            String problem) {
        String key = entry.substring(0, entry.indexOf(':'));
        return cloud(
                entry,
                seenBySchema,
                good,
                entry,
                "x.yaml:%d:%d: %s%s: %s".formatted(line, key.length() + 5, path, key, problem));
    }

    private static BadJobs endpoint(String url, boolean seenBySchema, String problem) {
        return cloud(
                "endpoint " + url,
                seenBySchema,
                "https://fg.example.com",
                url,
                "x.yaml:3:13: /source/endpoint: the value " + problem);
    }

    private static BadJobs jdbc(String url, boolean seenBySchema, String problem) {
        return cloud(
                url,
                seenBySchema,
                "jdbc:postgresql://db/audit",
                url,
                "x.yaml:15:12: /sinks/1/postgres/url: the value " + problem);
    }

    private static BadJobs table(String table) {
        return cloud(
                "table " + table,
                true,
                "table: calls",
                "table: " + table,
                "x.yaml:17:14: /sinks/1/postgres/table: '"
                        + table
                        + "' is not the name of a table (table or"
                        + " schema.table, of a-z, 0-9 and _)");
    }

    private static BadJobs from(String from, boolean seenBySchema) {
        return cloud(
                "from " + from,
                seenBySchema,
                "from: 2026-10-01",
                "from: " + from,
                "x.yaml:10:9: /window/from: '"
                        + from
                        + "' is no time (a date such as 2026-10-01, an"
                        + " instant such as 2026-10-01T06:00:00Z, a period back such as -P30D, or"
                        + " now)");
    }

    private static BadJobs token(String token) {
        return cloud(
                "token " + token,
                true,
                "${TOKEN}",
                token,
                "x.yaml:6:12: /source/auth/token: a secret must be a reference, without a default and"
                        + " without text beside it (write ${NAME} or ${file:/run/secrets/NAME})");
    }
}
