"""Template tag libraries of the face."""
