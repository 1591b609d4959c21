"""The stand-in for pulumi-docker 5.2.0: Network, Volume, Container and RemoteImage."""
