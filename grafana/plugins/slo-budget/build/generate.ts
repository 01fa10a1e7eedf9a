import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { type Plugin, rollup } from "rollup";
import { manifest, NOTICE } from "./manifest.ts";

const FOLDER = "grafana/plugins/slo-budget/generated";
const ENTRY = fileURLToPath(new URL("../src/module.ts", import.meta.url));

/** Grafana gives these to a plugin when it loads; a second copy of React would break its hooks. */
const GIVEN_BY_GRAFANA = ["react", "@grafana/data"];

/**
 * TypeScript and JSX to JavaScript. JSX becomes React.createElement: the newer runtime differs between React 18 and 19,
 * and Grafana has brought either.
 */
const compile: Plugin = {
  name: "compile",
  async transform(code, id) {
    const loader = id.endsWith(".tsx") ? "tsx" : "ts";
    const options = { jsx: "transform", target: "es2020", charset: "utf8" } as const;
    const result = await transform(code, { loader, sourcefile: id, ...options });
    return { code: result.code, map: null };
  },
};

const LOGO = `<!-- ${NOTICE} -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke-width="3">
  <path d="M4 4v24h24" stroke="#888"/>
  <path d="M6 7l8 5 5 1" stroke="#56a64b"/>
  <path d="M19 13l8 13" stroke="#e02f44" stroke-dasharray="4 3"/>
</svg>
`;

const README = `<!-- ${NOTICE} -->

# SLO error budget

Mount this folder into Grafana as
\`/var/lib/grafana/plugins/${manifest.id}\` and allow it with
\`GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS=${manifest.id}\`.
`;

/** The plugin's bundle as the AMD module that Grafana loads. */
async function bundle(): Promise<string> {
  const build = await rollup({
    input: ENTRY,
    external: GIVEN_BY_GRAFANA,
    plugins: [compile],
    onwarn: (warning) => {
      throw new Error(`Cannot build the panel plugin as rollup warns: ${warning.message}`);
    },
  });
  const { output } = await build.generate({
    format: "amd",
    exports: "named",
    // Both are read by their named exports, which is all that every Grafana offers alike.
    interop: "esModule",
    banner: `// ${NOTICE}`,
    strict: true,
  });
  await build.close();
  return output[0].code;
}

/** The folder that Grafana mounts: its files' texts by their paths in the repository. */
export async function generatePlugin(): Promise<Readonly<Record<string, string>>> {
  return {
    [`${FOLDER}/module.js`]: await bundle(),
    [`${FOLDER}/plugin.json`]: `${JSON.stringify(manifest, undefined, 2)}\n`,
    [`${FOLDER}/logo.svg`]: LOGO,
    [`${FOLDER}/README.md`]: README,
  };
}
