/** The sentence with which every generated file says where it comes from. @param source path in the repository */
export const generatedNotice = (source: string): string =>
  `Generated from ${source} by \`npm run gen\`. Do not edit.`;
