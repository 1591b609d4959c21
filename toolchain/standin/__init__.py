"""Stand-in Pulumi providers, for machines that cannot download the official plugins.

They are real providers: they do to the engine and to this machine what the official ones do, for
the resources and properties a lab uses, and refuse by name what they do not know. They are not
forks: nothing in them is generated from, or shared with, the official plugins.
"""
