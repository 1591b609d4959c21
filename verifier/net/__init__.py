"""The network of containers, tried from inside each of them: what reaches what, and by name."""
