/** Sentences that runbooks of several alerts have in common. */

/** How to roll back what no version has brought. */
export const noWayBack = "There is nothing to roll back: the change lies in the world, not in a version.";
