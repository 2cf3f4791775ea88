"""A person's program as data: parsed, never run. Scripts (JavaScript, TypeScript) and Python."""
