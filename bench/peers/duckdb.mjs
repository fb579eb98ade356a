// The SQL of analyze.sql in DuckDB: NDJSON in, NDJSON out, with so many threads; prints how long it took.
// usage: node duckdb.mjs SQL_FILE INPUT OUTPUT AS_OF THREADS
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [sqlFile, input, output, asOf, threads] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const sql = readFileSync(sqlFile, 'utf8')
  .replaceAll('$input', quoted(input))
  .replaceAll('$output', quoted(output))
  .replaceAll('$as_of', quoted(asOf));
// Neither the start of Node nor that of the database counts against the peer.
const begun = performance.now();
await connection.run(sql);
const seconds = (performance.now() - begun) / 1_000;
const version = await connection.runAndReadAll('SELECT version()');
console.log(JSON.stringify({ seconds, version: version.getRows()[0][0] }));
connection.closeSync();
instance.closeSync();
