import { type LabelValue, labels } from "@watchkeeper/catalogue/labels";

export type ChannelName = LabelValue<"channel">;

export const channelNames: readonly ChannelName[] = labels.channel.values;
