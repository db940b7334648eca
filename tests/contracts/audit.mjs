// Runs the audits of GraphQL over HTTP (npm: graphql-http) against a server and prints their results.
//
//   node audit.mjs URL TOKEN

import { auditServer } from "graphql-http";

const [url, token] = process.argv.slice(2);

const fetchFn = (address, { headers = {}, ...request } = {}) =>
  fetch(address, { ...request, headers: { ...headers, authorization: `Bearer ${token}` } });

const results = await auditServer({ url, fetchFn });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
