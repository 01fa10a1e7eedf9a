import type { Profile } from "./api.ts";

/** From the least to the most. */
export const ROLES = ["user", "manager", "admin", "super_admin"] as const;

type Somebody = Pick<Profile, "role">;

export const isAdmin = ({ role }: Somebody): boolean => ROLES.indexOf(role) >= ROLES.indexOf("admin");

/** Whether adding, moving and removing people is worth offering; the directory itself decides whom. */
export const mayManage = ({ role }: Somebody): boolean => role !== "user";
