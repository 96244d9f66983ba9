"""Pure decisions about people: number checks, masking and the cryptography of the vault."""
