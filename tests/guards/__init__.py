"""Guards: tests over the whole house, each keeping one rule of docs/house.md."""
