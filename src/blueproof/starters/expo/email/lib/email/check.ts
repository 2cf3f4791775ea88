export type Mode = "in" | "up" | "reset";
export type Form = { name: string; email: string; password: string };

const SHORTEST_PASSWORD = 8;
const ADDRESS = /^\S+@\S+\.\S+$/;

/** What is missing before it is worth asking the server; null if nothing. */
export function problemOf(mode: Mode, { name, email, password }: Form): string | null {
  if (mode === "up" && !name.trim()) return "Please enter your name.";
  if (!ADDRESS.test(email.trim())) return "Please enter your email address.";
  if (mode === "up" && password.length < SHORTEST_PASSWORD) {
    return `The password needs at least ${SHORTEST_PASSWORD} characters.`;
  }
  return mode === "in" && !password ? "Please enter your password." : null;
}
