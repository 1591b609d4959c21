"""A Pulumi language host for Python programs, for machines that cannot download the official one.

It serves the gRPC service LanguageRuntime on the stubs of PyPI's `pulumi`. It runs programs and
plugins; it generates no code (`pulumi convert`, `pulumi package add` need the official host).
"""
