"""What somebody would write by hand with psycopg2: COPY of each window into a table with the same key.

    ENDPOINT, PROJECT, TOKEN, DSN in the environment; arguments: first day, day behind the last one
"""

import csv
import datetime
import io
import os
import sys

import psycopg2

import csv_script

TABLE = """
DROP TABLE IF EXISTS by_hand;
CREATE TABLE by_hand (
    function_urn text NOT NULL, request_id text NOT NULL, status text, error_code bigint,
    error_message text, start_time timestamptz, end_time timestamptz,
    PRIMARY KEY (function_urn, request_id));
"""


def main(first, last):
    connection = psycopg2.connect(os.environ["DSN"])
    cursor = connection.cursor()
    cursor.execute(TABLE)
    connection.commit()
    day, total = datetime.date.fromisoformat(first), 0
    urns = list(csv_script.functions())
    while day < datetime.date.fromisoformat(last):
        following = day + datetime.timedelta(days=1)
        for urn in urns:
            text = io.StringIO()
            writer = csv.writer(text)
            for record in csv_script.records(urn, f"{day}T00:00:00", f"{following}T00:00:00"):
                if (record.get("start_time") or f"{following}") >= f"{following}":
                    continue  # the second at the end is the next day's, too
                writer.writerow([urn, *(record.get(column) for column in csv_script.COLUMNS)])
                total += 1
            text.seek(0)
            cursor.copy_expert("COPY by_hand FROM STDIN (FORMAT csv)", text)
            connection.commit()
        day = following
    print(total)


if __name__ == "__main__":
    main(*sys.argv[1:])
