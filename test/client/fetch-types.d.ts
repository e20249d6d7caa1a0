/** Of the browser's types, which the whole tree does without, the one that generated code names and Node's types leave out. */
type BodyInit = NonNullable<RequestInit['body']>;
