import express, { type Router } from "express";
import manifest from "../../package.json" with { type: "json" };
import * as operations from "../api/about.ts";
import { buildDocument } from "../api/openapi.ts";
import { type ProblemCode, problems } from "../problem.ts";
import type { Mount } from "./mount.ts";

/** What the API says about itself. */
export function createAboutRoutes(mount: Mount): Router {
  const document = buildDocument(manifest.version) as { openapi: string };
  const explain = (code: ProblemCode) => ({ code, ...problems[code] });

  const router = express.Router();
  mount(router, operations.document, () => document);
  mount(router, operations.listProblems, () => ({
    problems: (Object.keys(problems) as ProblemCode[]).map(explain),
  }));
  mount(router, operations.readProblem, ({ params }) => explain(params.code as ProblemCode));
  return router;
}
