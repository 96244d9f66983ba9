"""The face: page shells and components, free of domain words."""
