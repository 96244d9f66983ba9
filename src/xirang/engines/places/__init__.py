"""Where? Points in WGS-84 with the words people use for them; standard addresses and buildings build on this."""
