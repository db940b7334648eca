"""The shapes of the answers: the specification's names and types, read from rows."""
