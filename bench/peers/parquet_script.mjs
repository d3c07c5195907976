// What somebody would write by hand in Node: pages by marker into DuckDB, COPY of each day to Parquet.
// ENDPOINT, PROJECT, TOKEN in the environment; arguments: first day, day behind the last one, directory

import { DuckDBInstance } from "@duckdb/node-api";
import { mkdirSync } from "node:fs";

const { ENDPOINT, PROJECT, TOKEN } = process.env;
const [first, last, directory] = process.argv.slice(2);
const headers = { "X-Auth-Token": TOKEN, "Content-Type": "application/json" };

async function get(path, query) {
  const answer = await fetch(`${ENDPOINT}/v2/${PROJECT}/fgs/functions${path}?${new URLSearchParams(query)}`, { headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

const day = (time) => new Date(time).toISOString().slice(0, 10);
const text = (value) => (value === undefined || value === null || value === "" ? null : String(value));

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
await connection.run(
  "CREATE TABLE page (function_urn VARCHAR, request_id VARCHAR, status VARCHAR, error_code BIGINT, error_message VARCHAR, start_time VARCHAR, end_time VARCHAR)",
);
const urns = (await get("", { marker: 0, maxitems: 400 })).functions.map((row) => row.func_urn);
let total = 0;
for (let at = Date.parse(first); at < Date.parse(last); at += 86_400_000) {
  const [begin, end] = [day(at), day(at + 86_400_000)];
  for (const urn of urns) {
    const appender = await connection.createAppender("page");
    for (let marker = 0; ; marker += 500) {
      const page = await get(`/${encodeURIComponent(urn)}/async-invocations`, {
        marker, limit: 500, query_begin_time: `${begin}T00:00:00`, query_end_time: `${end}T00:00:00`,
      });
      for (const record of page.invocations) {
        appender.appendVarchar(urn);
        for (const column of ["request_id", "status"]) appender.appendVarchar(record[column]);
        const code = text(record.error_code);
        if (code === null) appender.appendNull(); else appender.appendBigInt(BigInt(code));
        for (const column of ["error_message", "start_time", "end_time"]) {
          const value = text(record[column]);
          if (value === null) appender.appendNull(); else appender.appendVarchar(value);
        }
        appender.endRow();
        total++;
      }
      if (page.invocations.length < 500) break;
    }
    appender.closeSync();
    const folder = `${directory}/${urn.split(":function:")[1].replaceAll(":", ".")}`;
    mkdirSync(folder, { recursive: true });
    await connection.run(
      `COPY (SELECT * REPLACE (start_time::TIMESTAMP AS start_time, end_time::TIMESTAMP AS end_time) FROM page ORDER BY start_time, request_id)
       TO '${folder}/${begin}.parquet' (FORMAT parquet, COMPRESSION zstd)`,
    );
    await connection.run("DELETE FROM page");
  }
}
console.log(total);
