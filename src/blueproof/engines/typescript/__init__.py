"""TypeScript proved by its own tools: the compiler, the tests, a back end's code generator."""
