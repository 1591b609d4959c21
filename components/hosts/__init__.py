"""Ways to get one and the same `components.host.Host`."""
