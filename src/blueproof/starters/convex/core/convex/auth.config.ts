import type { AuthConfig } from "convex/server";

const siteUrl = process.env.CONVEX_SITE_URL;
if (siteUrl === undefined) throw new Error("CONVEX_SITE_URL is set by Convex itself.");

export default {
  providers: [{ domain: siteUrl, applicationID: "convex" }],
} satisfies AuthConfig;
