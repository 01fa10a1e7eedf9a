import express, { type Router } from "express";

const HOME = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Company Directory</title><meta name="viewport" content="width=device-width">
<script type="module" src="/usage/page-load.js"></script></head>
<body>
<h1>Company Directory</h1>
<p>Who works where, for several companies that never see one another. This is its API:</p>
<ul>
<li><code>POST /api/login</code> with <code>{"tenant", "email", "password"}</code> gives a session</li>
<li><code>GET /api/me</code>, <code>GET /api/employees?q=</code>, <code>GET /api/employees/:id</code></li>
<li><code>PATCH /api/employees/:id</code> changes a profile, <code>POST /api/logout</code> ends the session</li>
</ul>
</body>
</html>
`;

/** `GET /`, what this is, and `GET /healthz`, which a probe from outside asks: cheap, open, no dependency. */
export function createHomeRoutes(): Router {
  const router = express.Router();
  router.get("/", (_request, response) => void response.type("html").send(HOME));
  router.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  return router;
}
