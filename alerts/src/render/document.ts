import { generatedNotice } from "@watchkeeper/catalogue/notice";
import { stringify } from "yaml";

/** A YAML file with the header that says where it comes from. @param source path in the repository */
export const renderYaml = (source: string, document: unknown): string =>
  `# ${generatedNotice(source)}\n${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;

/** A Markdown page with the header that says where it comes from. @param source path in the repository */
export const renderPage = (source: string, lines: readonly string[]): string =>
  `<!-- ${generatedNotice(source)} -->\n\n${lines.join("\n")}\n`;
