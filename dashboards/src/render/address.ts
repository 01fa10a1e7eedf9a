/** The address of a board in Grafana; the console knows it by the same uid. */
export const boardPath = (uid: string): string => `/d/${uid}`;
