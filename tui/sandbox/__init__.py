"""A stand-in for an instance and its mail server, on loopback."""
