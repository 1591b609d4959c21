"""The stand-in for pulumi-command 1.2.1: the local Command."""
