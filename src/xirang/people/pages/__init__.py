"""Pages of people: each translates a request into one query or command and answers."""
