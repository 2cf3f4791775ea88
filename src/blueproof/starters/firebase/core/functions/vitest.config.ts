import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { dir: "tests", fileParallelism: false, testTimeout: 20_000 },
});
