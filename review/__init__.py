"""The offline review: what every stack declares, as text that a pull request can diff."""
