package io.tidemark.sink.postgres;

import io.tidemark.job.SinkSpec;
import io.tidemark.sink.SinkException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What PostgreSQL's refusals mean to a person, told without credentials. */
final class PostgresErrors {
    private PostgresErrors() {}

    static SinkException of(SinkSpec.Postgres spec, String what, String advice) {
        return new SinkException(sentence(spec, what, advice));
    }

    /** By SQLSTATE, "PostgreSQL Error Codes" in its manual. */
    static SinkException of(SinkSpec.Postgres spec, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String said = saidByServer(e);
        String kind = state.length() < 2 ? "" : state.substring(0, 2);
        return switch (kind) {
            case "08" ->
                    told(
                            spec,
                            e,
                            "no connection, or it broke",
                            "See that the server runs and that host and port are right; then apply again");
            case "28" ->
                    told(
                            spec,
                            e,
                            "the server refuses the user"
                                    + spec.username().map(u -> " " + u).orElse("")
                                    + " or the password",
                            "Set username and password of this sink");
            case "3D" -> told(spec, e, said, "Create the database, or correct the url");
            case "3F" -> told(spec, e, said, "Create the schema, or name another one in table");
            case "42" ->
                    state.equals("42501")
                            ? told(
                                    spec,
                                    e,
                                    said,
                                    "Grant this user what is missing: TEMPORARY on the database, and CREATE on the schema or SELECT, INSERT, UPDATE on the table and on tidemark_receipts; a tidemark_receipts of an older version, only its owner can bring up to date")
                            : told(
                                    spec,
                                    e,
                                    said,
                                    "See what was changed in the schema; then apply again");
            case "25" ->
                    told(
                            spec,
                            e,
                            said,
                            "The server is a replica, or this database or user is set to read only: name one that may be written");
            case "40" ->
                    told(
                            spec,
                            e,
                            said,
                            "Another client works on the same rows, and the server undid one of the two; apply again");
            case "57" ->
                    told(
                            spec,
                            e,
                            said,
                            "The server is stopping or starting, or somebody ended this; apply again once it runs");
            case "53" ->
                    told(
                            spec,
                            e,
                            said,
                            "Give the server room, on its disk or for connections; then apply again");
            case "22" ->
                    told(
                            spec,
                            e,
                            said,
                            "The database cannot hold such a value: see that its encoding is UTF8, or report this");
            default -> told(spec, e, said, "Clear that on the server; then apply again");
        };
    }

    private static SinkException told(
            SinkSpec.Postgres spec, SQLException e, String what, String advice) {
        return new SinkException(sentence(spec, what, advice), e);
    }

    private static String sentence(SinkSpec.Postgres spec, String what, String advice) {
        String place = spec.url().replaceFirst("\\?.*", "");
        return "cannot use %s, table %s: %s. %s".formatted(place, spec.table(), what, advice);
    }

    /** Only the server's first line: the details below it may quote rows. */
    private static String saidByServer(SQLException e) {
        @Nullable ServerErrorMessage message =
                e instanceof PSQLException server ? server.getServerErrorMessage() : null;
        String line = message == null ? e.getMessage() : message.getMessage();
        return line == null ? "an unknown failure" : line;
    }
}
