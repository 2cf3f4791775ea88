import type { ReactNode } from "react";

import { Avatar } from "@/components/Avatar";
import { Row } from "@/components/Row";
import type { Person } from "@/lib/data/types";

type Props = { person: Person; onPress?: () => void; after?: ReactNode };

export function PersonRow({ person, ...rest }: Props) {
  return <Row title={person.name} before={<Avatar person={person} />} {...rest} />;
}
