// PostGraphile on the bench's database: as many processes as web workers, each request as one supplier.
//
//   node server.mjs   with LIBPQ_URL, SUPPLIER, PORT, WORKERS and POOL in the environment

import cluster from "node:cluster";
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { postgraphile } from "postgraphile";

const { LIBPQ_URL, SUPPLIER, PORT, WORKERS, POOL } = process.env;

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: LIBPQ_URL,
      schemas: ["public"],
      poolConfig: { max: Number(POOL), options: "-c random_page_cost=1.1" }, // as the app's connections
    }),
  ],
  grafserv: { graphqlPath: "/graphql", graphiql: false, websockets: false, watch: false },
  grafast: {
    explain: false,
    context: () => ({ pgSettings: { role: "wedsync_app", "app.supplier_id": SUPPLIER } }),
  },
};

if (cluster.isPrimary) {
  for (let worker = 0; worker < Number(WORKERS); worker += 1) cluster.fork();
} else {
  const server = createServer();
  await postgraphile(preset).createServ(grafserv).addTo(server);
  server.listen(Number(PORT), "127.0.0.1");
}
