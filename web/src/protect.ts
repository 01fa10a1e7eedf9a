import type { RequestHandler } from "express";
import helmet from "helmet";

/** What a page does beyond reading scripts, styles, images and data of its own address. */
export interface PageRights {
  /** It sends forms to its own address. */
  readonly forms?: boolean;
  /** It shows other pages of its own address inside itself. */
  readonly frames?: boolean;
}

const ownOrNone = (allowed: boolean): string[] => (allowed ? ["'self'"] : ["'none'"]);

/** Headers of a page: nothing from outside and nothing inline, neither scripts nor styles, and no page around it. */
export const protectPages = ({ forms = false, frames = false }: PageRights): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        frameSrc: ownOrNone(frames),
        formAction: ownOrNone(forms),
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: "deny" },
    // Whoever ends TLS in front of us knows whether every name below it speaks TLS; on loopback nothing does.
    strictTransportSecurity: false,
  });
