import { stringify } from "yaml";

const notice = (source: string): string => `Generated from ${source} by \`npm run gen\`. Do not edit.`;

/** A YAML file with the header that says where it comes from. @param source path in the repository */
export const renderYaml = (source: string, document: unknown): string =>
  `# ${notice(source)}\n${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;

/** A Markdown page with the header that says where it comes from. @param source path in the repository */
export const renderPage = (source: string, lines: readonly string[]): string =>
  `<!-- ${notice(source)} -->\n\n${lines.join("\n")}\n`;
