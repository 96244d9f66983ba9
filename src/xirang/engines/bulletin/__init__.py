"""Who should know what: messages to people, kept in a sandbox where nothing may really leave the house."""
