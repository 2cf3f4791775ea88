import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "edge-runtime",
    testTimeout: 30_000,
    include: ["convex/tests/**/*.test.ts"],
    server: { deps: { inline: ["convex-test"] } },
  },
});
