import { z } from "zod";
import { problems } from "../problem.ts";
import { defineOperation } from "./operation.ts";

const problemSchema = z.object({ code: z.string(), status: z.int(), title: z.string() });

export const document = defineOperation({
  id: "describeItself",
  method: "get",
  path: "/api/openapi.json",
  tag: "About",
  summary: "This document",
  needsSession: false,
  answer: { status: 200, schema: z.looseObject({ openapi: z.string() }) },
});

export const listProblems = defineOperation({
  id: "listProblems",
  method: "get",
  path: "/api/problems",
  tag: "About",
  summary: "Lists every kind of problem that the API answers with",
  needsSession: false,
  answer: { status: 200, schema: z.object({ problems: z.array(problemSchema) }) },
});

export const readProblem = defineOperation({
  id: "explainProblem",
  method: "get",
  path: "/api/problems/:code",
  tag: "About",
  summary: "Explains one kind of problem",
  needsSession: false,
  params: z.object({ code: z.enum(Object.keys(problems)) }),
  answer: { status: 200, schema: problemSchema },
  problems: ["not_found"],
});
