import { renderYaml } from "./document.ts";

/** Where a provisioned Grafana finds the boards' files. */
export const BOARDS_FOLDER = "/var/lib/grafana/dashboards";

/** How Grafana reads the boards: from files alone, so that what people see is what was reviewed. */
export const renderProvider = (): string =>
  renderYaml("dashboards/src/grafana/provider.ts", {
    apiVersion: 1,
    providers: [
      {
        name: "watchkeeper",
        orgId: 1,
        type: "file",
        folder: "Watchkeeper",
        folderUid: "watchkeeper",
        disableDeletion: false,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: BOARDS_FOLDER, foldersFromFilesStructure: false },
      },
    ],
  });
