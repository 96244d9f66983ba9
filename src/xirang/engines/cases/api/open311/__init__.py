"""Open311 GeoReport v2: process types with a service code, offered to the machines of others as the book has it."""
