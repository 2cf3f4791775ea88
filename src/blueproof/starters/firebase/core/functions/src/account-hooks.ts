export type Exporter = (uid: string) => Promise<unknown>;
/** Runs again after a failure, so it must do no harm the second time. */
export type Eraser = (uid: string) => Promise<void>;
