"""What somebody would write by hand: pages by marker, one CSV file a function and day. Standard library only.

    ENDPOINT, PROJECT, TOKEN in the environment; arguments: first day, day behind the last one, directory
"""

import csv
import datetime
import json
import os
import pathlib
import sys
import urllib.parse
import urllib.request

ENDPOINT, PROJECT, TOKEN = (os.environ[name] for name in ("ENDPOINT", "PROJECT", "TOKEN"))
COLUMNS = ["request_id", "status", "error_code", "error_message", "start_time", "end_time"]


def get(path, **query):
    request = urllib.request.Request(
        f"{ENDPOINT}/v2/{PROJECT}/fgs/functions{path}?{urllib.parse.urlencode(query)}",
        headers={"X-Auth-Token": TOKEN, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def functions():
    marker = "0"
    while True:
        page = get("", marker=marker, maxitems=400)
        yield from (row["func_urn"] for row in page["functions"])
        following = str(page.get("next_marker") or "")
        if not page["functions"] or not following.isdigit() or int(following) <= int(marker):
            return
        marker = following


def records(urn, begin, end):
    marker = 0
    while True:
        page = get(
            f"/{urllib.parse.quote(urn, safe='')}/async-invocations",
            marker=marker, limit=500, query_begin_time=begin, query_end_time=end,
        )
        yield from page["invocations"]
        if len(page["invocations"]) < 500:
            return
        marker += 500


def main(first, last, directory):
    day = datetime.date.fromisoformat(first)
    total = 0
    while day < datetime.date.fromisoformat(last):
        following = day + datetime.timedelta(days=1)
        for urn in functions_listed:
            name = urn.split(":function:")[1].replace(":", ".")
            file = pathlib.Path(directory, name, f"{day}.csv")
            file.parent.mkdir(parents=True, exist_ok=True)
            with open(file, "w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow(["function_urn", *COLUMNS])
                for record in records(urn, f"{day}T00:00:00", f"{following}T00:00:00"):
                    writer.writerow([urn, *(record.get(column) for column in COLUMNS)])
                    total += 1
        day = following
    print(total)


if __name__ == "__main__":
    functions_listed = list(functions())
    main(*sys.argv[1:])
