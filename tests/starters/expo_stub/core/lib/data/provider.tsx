import type { ReactElement, ReactNode } from "react";

export declare function Provider(p: { children: ReactNode }): ReactElement;
