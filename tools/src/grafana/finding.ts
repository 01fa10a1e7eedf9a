/** One thing that was looked at. */
export interface Finding {
  /** `board overview` */
  readonly what: string;
  /** Why it is not as it should be. */
  readonly problem?: string;
  /** What a reader should know though it is no problem. */
  readonly note?: string;
}
