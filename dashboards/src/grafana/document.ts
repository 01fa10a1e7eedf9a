import { generatedNotice } from "@watchkeeper/catalogue/notice";
import { stringify } from "yaml";

/** A YAML file for Grafana with the header that says where it comes from. @param source path in the repository */
export const renderYaml = (source: string, document: unknown): string =>
  `# ${generatedNotice(source)}\n${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
