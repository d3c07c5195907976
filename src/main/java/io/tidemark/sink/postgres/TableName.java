package io.tidemark.sink.postgres;

/** A table, by names as they stand in the database: case and all. */
record TableName(String schema, String table) {

    /** As SQL takes it, whatever characters are in it. */
    String quoted() {
        return quoted(schema) + "." + quoted(table);
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return schema + "." + table;
    }
}
