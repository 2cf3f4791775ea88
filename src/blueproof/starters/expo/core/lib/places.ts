import type { ComponentType, ReactNode } from "react";

/** A place in a screen: what features put there, in order. lib/slots/ fills the places. */
export type Place<P = object> = readonly ComponentType<P>[];

/** Wraps a part of the screen to hold what several components in it share. */
export type Scope<P = object> = ComponentType<P & { children: ReactNode }>;

/** A hook that gives what is to be done before this device leaves an account. */
export type Leaving = () => () => Promise<void>;
