"""The ground floor: commands, errors, events, expressions, working calendar, scope and ids; it knows no domain."""
