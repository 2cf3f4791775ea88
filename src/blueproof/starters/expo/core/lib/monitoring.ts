/** Errors of screens, actions and background work come here: connect a monitoring service here. */
export function report(error: unknown, where: string): void {
  console.error(`[${where}]`, error);
}
