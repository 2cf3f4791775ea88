import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { dir: "rules-tests", fileParallelism: false, testTimeout: 20_000 },
});
