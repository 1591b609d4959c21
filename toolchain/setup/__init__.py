"""Getting the parts: packages, Pulumi CLI, language host, plugins, Docker engine, base image."""
