-- Who may federate, besides whom the configuration allows: server names and patterns with * and ?, in lower case, without ports.
CREATE TABLE federation.peer_rules (
    pattern text COLLATE "C" PRIMARY KEY,
    allowed boolean NOT NULL
);

-- Who changed that, for audits. Null: there was, or is, no rule.
CREATE TABLE federation.peer_rule_changes (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL,
    pattern    text COLLATE "C" NOT NULL,
    was        boolean,
    becomes    boolean
);
