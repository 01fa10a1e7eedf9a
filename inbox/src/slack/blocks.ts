import { z } from "zod";

/**
 * Slack's published limits of Block Kit, as its reference and the doc comments of its SDK's types state them. The
 * limit of all text together is not published; Slack refuses a little above 13,000 characters.
 */
export const limits = {
  blocks: 50,
  sectionText: 3_000,
  fields: 10,
  fieldText: 2_000,
  headerText: 150,
  actions: 25,
  contextElements: 10,
  buttonText: 75,
  buttonValue: 2_000,
  options: 100,
  optionText: 75,
  optionValue: 150,
  placeholder: 150,
  url: 3_000,
  altText: 2_000,
  id: 255,
  totalText: 13_000,
} as const;

const atMost = (maxLength: number): z.ZodString =>
  z
    .string("must be a string")
    .min(1, "must be more than 0 characters")
    .max(maxLength, `must be less than ${maxLength + 1} characters`);

const plainText = (maxLength: number) =>
  z.strictObject({
    type: z.literal("plain_text", "must be plain_text"),
    text: atMost(maxLength),
    emoji: z.boolean().optional(),
  });

const anyText = (maxLength: number) =>
  z.discriminatedUnion("type", [
    plainText(maxLength),
    z.strictObject({ type: z.literal("mrkdwn"), text: atMost(maxLength), verbatim: z.boolean().optional() }),
  ]);

const list = <Item extends z.ZodType>(item: Item, max: number) =>
  z.array(item).min(1, "no fewer than 1 items allowed").max(max, `no more than ${max} items allowed`);

const id = atMost(limits.id).optional();

const image = z.looseObject({
  type: z.literal("image"),
  alt_text: atMost(limits.altText),
  image_url: atMost(limits.url).optional(),
});

const button = z.looseObject({
  type: z.literal("button"),
  text: plainText(limits.buttonText),
  action_id: id,
  url: atMost(limits.url).optional(),
  value: atMost(limits.buttonValue).optional(),
  style: z.enum(["primary", "danger"], "must be primary or danger").optional(),
});

const option = z.looseObject({
  text: plainText(limits.optionText),
  value: atMost(limits.optionValue),
});

const staticSelect = z.looseObject({
  type: z.literal("static_select"),
  action_id: id,
  placeholder: plainText(limits.placeholder).optional(),
  options: list(option, limits.options),
});

/** Elements that the stand-in does not look into: other selects, pickers, menus. */
const otherElement = z.looseObject({
  type: z.string().regex(/_(select|picker)$|^(overflow|checkboxes|radio_buttons)$/, "unsupported type"),
  action_id: id,
});

const element = z.looseObject({ type: z.string("must have a type") }).superRefine((value, context) => {
  const known: Readonly<Record<string, z.ZodType>> = { button, image, static_select: staticSelect };
  const schema = known[value.type] ?? otherElement;
  for (const issue of schema.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue } as never);
});

const block = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("header"), block_id: id, text: plainText(limits.headerText) }),
    z
      .strictObject({
        type: z.literal("section"),
        block_id: id,
        text: anyText(limits.sectionText).optional(),
        fields: list(anyText(limits.fieldText), limits.fields).optional(),
        accessory: element.optional(),
        expand: z.boolean().optional(),
      })
      .refine((section) => section.text || section.fields, "must have text or fields"),
    z.strictObject({ type: z.literal("divider"), block_id: id }),
    z.strictObject({
      type: z.literal("context"),
      block_id: id,
      elements: list(z.union([anyText(limits.sectionText), image]), limits.contextElements),
    }),
    z.strictObject({ type: z.literal("actions"), block_id: id, elements: list(element, limits.actions) }),
    z.looseObject({
      type: z.literal("image"),
      block_id: id,
      alt_text: atMost(limits.altText),
      image_url: atMost(limits.url).optional(),
      title: plainText(limits.altText).optional(),
    }),
    z.looseObject({ type: z.literal("rich_text"), block_id: id, elements: z.array(z.unknown()) }),
    z.looseObject({ type: z.literal("markdown"), block_id: id, text: atMost(12_000) }),
  ],
  { error: "unsupported type" },
);

export type Block = z.infer<typeof block>;

const blocksSchema = z
  .array(block)
  .max(limits.blocks, `no more than ${limits.blocks} items allowed`)
  .superRefine((blocks, context) => {
    const seen = new Set<string>();
    blocks.forEach((one, index) => {
      if (one.block_id === undefined) return;
      if (seen.has(one.block_id)) {
        context.addIssue({ code: "custom", path: [index, "block_id"], message: "`block_id` already exists" });
      }
      seen.add(one.block_id);
    });
  });

/** Characters of all texts in blocks or attachments, however deep. */
export function totalText(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + totalText(item), 0);
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (key === "text" && typeof item === "string" ? item.length : totalText(item)),
    0,
  );
}

/** Why Slack would refuse blocks, in its own words; undefined when it would take them. */
export interface Refusal {
  readonly error: "invalid_blocks" | "msg_blocks_too_long";
  readonly messages: readonly string[];
}

export function refuseBlocks(blocks: unknown): Refusal | undefined {
  const result = blocksSchema.safeParse(blocks);
  if (!result.success) {
    const messages = result.error.issues.map(
      ({ message, path }) =>
        `${message} [json-pointer:/blocks${path.map((part) => `/${String(part)}`).join("")}]`,
    );
    return { error: "invalid_blocks", messages };
  }
  return totalText(blocks) > limits.totalText
    ? { error: "msg_blocks_too_long", messages: [`more than ${limits.totalText} characters in all blocks`] }
    : undefined;
}
