/** Every error that nobody else handles comes through here: connect a monitoring service in this one place. */
export function report(error: unknown, where: string): void {
  console.error(`[${where}]`, error);
}
