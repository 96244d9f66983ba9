"""The smallest complete engine: things that are lent. A guard installs it and proves that nothing else is needed."""
